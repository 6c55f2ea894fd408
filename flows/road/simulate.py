"""Step from Verilog to logits."""

from pathlib import Path

import numpy as np
import torch

from golden.arrays import MacroCells
from golden.data import is_random, load
from golden.draws import pass_draws
from golden.training import twin_program
from hdl.config import CoreConfig, InputError

from ..base.bounds import LARGEST_SEED, MOST_INPUTS, MOST_WORKERS, check_choices, check_integer, check_passes
from ..base.console import OnProgress
from ..base.files import read, to_json, write_atomically
from ..base.products import Products
from ..base.provenance import input_of, provenance
from .equivalence import ENGINES, run_both
from .generate import generated_with_program, load_program, program_input
from .layers import compare_layers
from .logits_file import LogitsFile
from .lower import CHECKPOINT, load_checkpoint
from .macro_state import MacroState, calibration_images
from .simulation_record import SimulationRecord

__all__ = ["simulate"]

#: Most random pixels, a byte each.
_MOST_PIXELS = 2**30


def simulate(
    products: Products,
    *,
    deterministic: bool = False,
    program: Path | None = None,
    verilog: Path | None = None,
    passes: int | None = None,
    exact: bool = False,
    inputs: int | None = None,
    data: Path | None = None,
    random_pixels: int | None = None,
    workers: int | None = None,
    layers: bool = False,
    cells: MacroCells | None = None,
    age: float | None = None,
    calibrate: bool = False,
    correct: int | None = None,
    engine: str = "verilator",
    on_loading: OnProgress | None = None,
    on_layers: OnProgress | None = None,
    on_progress: OnProgress | None = None,
) -> SimulationRecord:
    """Run the test set through the core and through golden, keep the logits, and return the figures.

    Parameters
    ----------
    products
        Files of the core, its Program and the results.
    deterministic
        Whether to run the deterministic twin, one pass per input: loaded into the core, or on its own core where
        that cannot hold it (:class:`flows.base.twin_place.TwinPlace`).
    program
        Program to run, by default the one among the products (or among those of the twin).
    verilog
        Core to run instead of the generated one.
    passes
        Monte-Carlo passes T, by default those of the configuration.
    exact
        Whether the core visits each mask once, weighted with its probability, instead.
    inputs
        Number of test inputs, by default all.
    data
        Directory of the data set, if it does not come with a package.
    random_pixels
        Seed of random pixels instead of a data set; they have no labels.
    workers
        Number of parallel cores, by default one per processor as far as there is work for them.
    layers
        Whether to compare all activations of all hidden layers for the first input, too.
    cells
        Device and chip for the arrays, where these are macros.
    age
        Age at which the chip computes, s; without it as it was programmed.
    calibrate
        Whether the core searches for all references first.
    correct
        Training inputs that the logit constants of the chip are found with, which are loaded in place of those of the
        Program.
    engine
        One of :data:`flows.road.equivalence.ENGINES`.
    on_loading, on_progress, on_layers
        Called with finished and total register writes, inputs, and passes of the first input.

    Raises
    ------
    InputError
        An argument is out of range, or a file cannot be used.
    """
    config = products.config
    own = products.twin if deterministic else products
    check_choices("engine", [engine], ENGINES)
    if exact and passes is not None:
        raise InputError(f"passes must be omitted where each mask is visited once, not {passes}")
    passes = check_passes(own.config, passes)
    check_integer("inputs", inputs, 1, MOST_INPUTS)
    check_integer("workers", workers, 1, MOST_WORKERS)
    if random_pixels is not None:
        check_integer("random_pixels", random_pixels, 0, LARGEST_SEED)
        if inputs is None:
            raise InputError("inputs must be given for random pixels, not be all")
        if data is not None:
            raise InputError(f"data must be omitted for random pixels, not {str(data)!r}")
        if inputs * config.network.inputs > _MOST_PIXELS:
            most = _MOST_PIXELS // config.network.inputs
            raise InputError(f"inputs must be at most {most} with {config.network.inputs} random pixels, not {inputs}")
    if exact and (deterministic or not config.passes_weighted):
        raise InputError(f"exact must be omitted where bayes.order is {config.bayes.order!r} or for the twin")
    if config.macro is None:
        given = {"age": age, "calibrate": calibrate or None, "correct": correct}
        for name, value in given.items():
            if value is not None:
                raise InputError(f"{name} must be omitted for {config.name!r}, which has no macros, not {value}")
    if correct is not None and random_pixels is not None:
        raise InputError(f"correct must be omitted for random pixels, not {correct}")
    if config.macro is not None and (layers or deterministic):
        raise InputError(f"{'layers' if layers else 'deterministic'} must be omitted with macros")
    core = products.core(deterministic)
    source = verilog if verilog is not None else core.verilog
    text = read(source, products.core(deterministic).made_by("generate"))
    contents = load_program(own, program)
    sources = {"program": program_input(own, program), "verilog": input_of(own.directory, source, text)}
    digest = sources["program"].sha256
    generated_with = None if verilog is not None or core != own else generated_with_program(core, text)
    pixels, labels, dataset = _inputs(config, inputs, data=data, random_pixels=random_pixels)
    ran = contents if core == own else twin_program(config, contents)

    state = None
    if cells is not None:
        images = None if correct is None else calibration_images(config, load(config, data).train_pixels, correct)
        state = MacroState(cells=cells, age=age, calibrated=calibrate, images=images)
    simulation, golden_logits, equivalence = run_both(
        ran,
        source,
        pixels.numpy(),
        passes=passes,
        exact=exact,
        load=generated_with != digest or config.macro is not None,
        workers=workers,
        state=state,
        engine=engine,
        on_loading=on_loading,
        on_progress=on_progress,
    )
    compared = None
    if layers:
        compared = compare_layers(
            ran, source, pixels[0].numpy(), passes=passes, load=generated_with != digest, on_progress=on_layers
        )

    floating = None
    # The float network uses the draws of the core.
    if own.checkpoint.exists() and not is_random(contents):
        checkpoint = input_of(own.directory, own.checkpoint, read(own.checkpoint, own.made_by("train")))
        if contents.provenance.get(CHECKPOINT) == checkpoint.sha256:
            sources["checkpoint"] = checkpoint
            drawn = pass_draws(contents, len(pixels), passes=passes)
            floating = load_checkpoint(own).network().sample(pixels, drawn, passes=passes).numpy()
    logits = LogitsFile(
        logits=simulation.logits.astype(np.int32),
        golden_logits=golden_logits.astype(np.int32),
        labels=labels,
        weights=simulation.weights,
        float_logits=floating,
    )
    result = {
        "provenance": provenance(own.config, sources, data=dataset),
        "contents": "of the generated core"
        if generated_with == digest and config.macro is None
        else "loaded through the register port",
        "random_weights": is_random(contents),
        "random_pixels": random_pixels,
        "inputs": len(pixels),
        "passes": passes,
        "exact": exact,
        "chip": None
        if state is None
        else {
            "device": state.cells.pair.model.name,
            "chip": state.cells.seed,
            "noise_target": state.cells.pair.noise_target,
            "horizon": state.cells.horizon,
            "age": age,
            "calibrated": calibrate,
            "corrected": correct,
        },
        "equivalence": equivalence,
        "layers": compared,
        "correct": None if labels is None else int((simulation.results["winner"][:, 0] == labels).sum()),
        "cycles": simulation.cycles,
        "cycles_per_input": simulation.cycles_per_input,
        "simulator": {
            "engine": engine,
            "inputs_per_second": simulation.inputs_per_second,
            "bit_macs_per_second": simulation.bit_macs_per_second,
            "seconds": simulation.seconds,
            "loading_seconds": simulation.loading_seconds,
            "build_seconds": simulation.build_seconds,
            "workers": simulation.workers,
        },
    }
    record = SimulationRecord.of(result)
    write_atomically(own.logits, logits.to_bytes(to_json(record).encode()))
    # Written last: its presence means that the logits are complete and belong to it.
    record.write(own.simulation)
    return record


def _inputs(
    config: CoreConfig, count: int | None, *, data: Path | None, random_pixels: int | None
) -> tuple[torch.Tensor, np.ndarray | None, str | None]:
    """Return pixels, shape (n, inputs), the labels of those of the data set, and its digest."""
    if random_pixels is None or count is None:
        dataset = load(config, data)
        return dataset.test_pixels[:count], dataset.test_labels[:count].numpy(), dataset.digest
    highest = config.layers[0].plane_gain
    shape = (count, config.network.inputs)
    drawn = np.random.default_rng(random_pixels).integers(0, highest, shape, dtype=np.uint8, endpoint=True)
    return torch.from_numpy(drawn), None, None
