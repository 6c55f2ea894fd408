"""Effect of faults on networks."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from golden.data import is_random, load
from golden.faults import FAULTS, Fault, FaultyModel, WeightFault
from golden.measures import uncertainty
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ...base.bounds import MOST_CHIPS, MOST_INPUTS, check_choices, check_integer, check_passes
from ...base.console import OnProgress
from ...base.products import Products
from ...base.provenance import provenance
from ...base.spread import Spread
from ...road.generate import load_program, program_input
from ...road.network_files import find_program
from ..result_kind import ResultKind, of_trained
from ..study import Study
from . import show
from .options import RobustnessOptions
from .record import RobustnessRecord

__all__ = ["STUDY", "run"]

_MEASURES = ("accuracy", "nll", "ece")


def run(products: Products, options: RobustnessOptions, *, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Measure accuracy, NLL and calibration of several networks on chips with faults.

    All networks see the same test inputs; a chip has the draws of its number in each of them.

    Parameters
    ----------
    products
        Where the Program is.
    options
        Networks, faults, chips and inputs.
    on_progress
        Called with the points that are done and all.

    Raises
    ------
    InputError
        An option is out of range, or a file cannot be used.
    """
    chips, inputs, passes, seed = options.chips, options.inputs, options.passes, options.seed
    check_integer("chips", chips, 2, MOST_CHIPS)
    check_integer("inputs", inputs, 1, MOST_INPUTS)
    made = {name: _faults(name, strengths, options.fresh) for name, strengths in options.faults.items()}
    programs = [load_program(products, options.program), *(find_program(path) for path in options.against)]
    _check_passes(programs, passes)
    labels = _labels(programs, (products.directory, *options.against))
    points = len(programs) * (1 + sum(len(each) for each in made.values()))
    done, networks = 0, []

    def advance() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, points)

    for label, each in zip(labels, programs, strict=True):
        dataset = load(each.config, options.data)
        # Raw images are the same for all networks.
        digest = dataset.digest
        bench = _Bench(each, dataset.test_pixels[:inputs], dataset.test_labels[:inputs], passes, seed)
        network = _describe(label, each) | {"inputs": len(bench.labels), "passes": bench.passes}
        # No chip differs from another one.
        network["without"] = _summary(bench.measure(FAULTS["bit-flips"](strength=0.0), 1))
        advance()
        network["faults"] = {}
        for name, some in made.items():
            measured = network["faults"][name] = []
            for fault in some:
                measured.append({"strength": fault.strength} | _summary(bench.measure(fault, chips)))
                advance()
        networks.append(network)
    return {
        "name": products.config.name,
        "provenance": provenance(products.config, {"program": program_input(products, options.program)}, data=digest),
        "chips": chips,
        "seed": seed,
        "kinds": {
            name: {"unit": FAULTS[name].unit, "draws": "fresh" if some[0].fresh else "frozen"}
            for name, some in made.items()
        },
        "networks": networks,
        "gains": show.largest_gains(networks),
    }


class _Bench:
    """One network and its test inputs."""

    def __init__(self, program: Program, pixels: Tensor, labels: Tensor, passes: int | None, seed: int) -> None:
        self.labels = labels
        self.passes = program.config.bayes.passes if passes is None else passes
        self._program, self._pixels, self._seed = program, pixels, seed
        self._unit = 2.0**program.config.logits.fraction

    def measure(self, fault: Fault, chips: int) -> dict[str, list[float]]:
        """Return each measure of each chip."""
        model = FaultyModel(self._program, fault, chips=chips, seed=self._seed)
        logits = model.logits(self._pixels, passes=self.passes)
        found = [uncertainty(each / self._unit, self.labels) for each in logits]
        return {name: [getattr(each, name) for each in found] for name in _MEASURES}


def _summary(measured: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float | None]]:
    """Return mean and deviation of each measure over the chips."""
    return {name: dataclasses.asdict(Spread.of(values)) for name, values in measured.items()}


def _faults(name: str, strengths: Sequence[float], fresh: bool | None) -> list[Fault]:
    check_choices("fault", [name], FAULTS)
    kind = FAULTS[name]
    own = {} if fresh is None or issubclass(kind, WeightFault) else {"fresh": fresh}
    made: list[Fault] = [kind(strength=strength, **own) for strength in strengths if strength]
    if not made:
        raise InputError(f"strengths of {name} must have one above 0, not {', '.join(map(str, strengths)) or 'none'}")
    return made


def _check_passes(programs: Sequence[Program], passes: int | None) -> None:
    for program in programs:
        check_passes(program.config, passes)
        if program.config.data.set != programs[0].config.data.set:
            raise InputError(
                f"against must be of the data set {programs[0].config.data.set!r}, not {program.config.data.set!r}"
            )


def _labels(programs: Sequence[Program], places: Sequence[Path]) -> list[str]:
    """Return a different label for each network: its name and method, and where it is if that does not tell."""
    plain = [f"{each.config.name}, {each.config.bayes.method}" for each in programs]
    named = [
        label if plain.count(label) == 1 else f"{label}, {place.name}"
        for label, place in zip(plain, places, strict=True)
    ]
    return [label if named.count(label) == 1 else f"{label} {index}" for index, label in enumerate(named, start=1)]


def _describe(label: str, program: Program) -> dict[str, Any]:
    config: CoreConfig = program.config
    return {
        "label": label,
        "name": config.name,
        "method": config.bayes.method,
        "config_hash": config.hash,
        "program": hashlib.sha256(program.to_bytes()).hexdigest(),
        "random_weights": is_random(program),
    }


STUDY = Study(
    name="robustness",
    record=RobustnessRecord,
    run=run,
    title=show.title,
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=show.sentences,
    pictures=show.pictures,
    panels=show.panels,
    sections=show.sections,
    document=Path("docs/uncertainty.md"),
    kind=ResultKind(
        command="robustness",
        record=RobustnessRecord,
        member="gains",
        directory="robustness",
        stem=lambda result: result["name"],
        keep=of_trained,
    ),
)
