"""Comparison of the Bayesian methods on one network.

The cost of each, and the quality of its uncertainty.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from golden.data import comes_with_package
from hdl.config import CoreConfig, InputError
from hdl.config.schemes import schemes, sections

from ...base.bounds import MOST_INPUTS, MOST_REPEATS, check_choices, check_integer
from ...base.files import read
from ...base.products import Products
from ...base.provenance import check_provenance, input_of, provenance
from ...base.record import MADE_ANEW
from ...base.spread import Spread
from ...road.generate import generate, is_generated, program_input
from ...road.lower import lower
from ...road.simulate import simulate
from ...road.simulation_record import SimulationRecord
from ...road.train import train
from ...synthesis.area import rooms_of
from ...synthesis.synth import synth_missing
from ...synthesis.synthesis import Synthesis
from ...synthesis.synthesis_record import SynthesisRecord
from ...synthesis.targets import TARGETS
from ..result_kind import ResultKind
from ..study import Study
from ..uncertainty.options import LogitSource, UncertaintyOptions
from ..uncertainty.record import UncertaintyRecord
from ..uncertainty.study import STUDY as UNCERTAINTY
from . import show
from .options import SchemesOptions
from .record import SchemesRecord

__all__ = ["COMPARED", "METHODS", "STUDY", "run", "scheme_config"]

#: All methods, the deterministic one first.
METHODS = tuple(sorted(schemes(), key=lambda name: (schemes()[name].stochastic, name)))

#: Methods that are compared by default. Golden draws weights one by one, which takes days for so many
#: inputs, sets and passes; `bayescim chips` and `bayescim sharing` are made for them.
COMPARED = tuple(name for name in METHODS if not schemes()[name].draws_weights)

#: Stochastic units of each layer whose channels have bits of their own.
_LOCAL_UNITS = 4

#: Whose logits are measured.
_GOLDEN: Final = "golden"

#: Room of the cores that draws: the shared unit and those of layers.
_ROOM = "stochastic"

#: Score for the detection of out-of-distribution inputs.
_SCORE = "predictive_entropy"

#: Figures of each network, and their places in the result of :func:`flows.studies.uncertainty.study.run`.
_MEASURES = ("accuracy", "nll", "ece")


def scheme_config(base: CoreConfig, method: str) -> CoreConfig:
    """Return ``base`` with another method: probabilities, passes and everything else as they are there.

    Layers whose channels have bits of their own get four stochastic units each.

    Raises
    ------
    InputError
        There is no such method, or the network of ``base`` cannot have it.
    """
    check_choices("method", [method], METHODS)
    document = base.model_dump()
    own = sections()[method]
    shared = own.model_fields.keys() & document["bayes"].keys() if own.scheme.stochastic else ()
    document["bayes"] = {field: document["bayes"][field] for field in shared} | {"method": method}
    config = CoreConfig.from_document(document, base.name)
    if any(layer.local is not None for layer in config.layers):
        document["random"] |= {"units": _LOCAL_UNITS}
        config = CoreConfig.from_document(document, base.name)
    return config


def run(
    base: CoreConfig,
    directory: Path,
    options: SchemesOptions,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Train, lower, measure, generate, simulate and synthesize ``base`` with each method, and gather the figures.

    What is there already is not made again, so that it can be interrupted, and called again for more seeds or methods.

    Parameters
    ----------
    base
        Network, probabilities and passes.
    directory
        Where everything goes: a directory for each method, and in it one for each seed.
    options
        Methods, trainings, inputs and targets.
    on_step
        Called with the name of each step.

    Raises
    ------
    InputError
        An argument is out of range, or a step cannot be done.
    """
    seeds, data = options.seeds, options.data
    check_integer("seeds", seeds, 1, MOST_REPEATS)
    check_integer("inputs", options.inputs, 1, MOST_INPUTS)
    check_choices("target", options.targets, TARGETS)
    # All of them before the first is trained, which takes long.
    for method in options.methods or COMPARED:
        scheme_config(base, method)
    for method in options.methods or COMPARED:
        config = scheme_config(base, method)
        for seed in range(seeds):
            products = Products.at(config, directory / method / f"seed_{seed}")
            _measure(products, seed, data, on_step)
        _build(Products.at(config, directory / method / "seed_0"), options, on_step)
    found = [method for method in METHODS if (directory / method / "seed_0" / "uncertainty.json").exists()]
    return {
        "provenance": provenance(base),
        "network": base.name,
        "layers": [base.network.inputs, *(layer.outputs for layer in base.layers)],
        "schemes": [_gather(scheme_config(base, method), directory / method) for method in found],
    }


def _measure(products: Products, seed: int, data: Path | None, on_step: Callable[[str], None]) -> None:
    """Train, lower and measure with golden, as far as it was not done."""
    method = products.config.bayes.method
    on_step(f"{method}, seed {seed}: train")
    train(
        products,
        data=_files(products, data),
        seed=seed,
        on_epoch=lambda state: on_step(f"{method}, seed {seed}: {state.epoch}"),
    )
    program, _ = lower(products)
    known = products.directory / "uncertainty.json"
    made = provenance(products.config, {"program": program_input(products)})
    if known.exists():
        told = UncertaintyRecord.read(known, "bayescim schemes", MADE_ANEW)
        if _GOLDEN in told.assessments and told.provenance.inputs == made.inputs:
            return
    on_step(f"{method}, seed {seed}: measure")
    options = UncertaintyOptions(source=LogitSource.GOLDEN, passes=(program.config.bayes.passes,), data=data)
    UNCERTAINTY.conduct(products.directory, products, options)


def _files(products: Products, data: Path | None) -> Path | None:
    """Return the directory of the data set itself: others may be in ``data`` where it is read from no files."""
    return None if comes_with_package(products.config) else data


def _build(products: Products, options: SchemesOptions, on_step: Callable[[str], None]) -> None:
    """Generate, simulate and synthesize, as far as it was not done."""
    method = products.config.bayes.method
    on_step(f"{method}: generate")
    if not is_generated(products, {"program": program_input(products)}):
        generate(products)
    if not _simulated(products):
        on_step(f"{method}: simulate")
        simulate(products, inputs=options.inputs, data=_files(products, options.data))
    if options.targets:
        synth_missing(products, options.targets, on_target=lambda target: on_step(f"{method}: synthesize for {target}"))


def _simulated(products: Products) -> bool:
    """Return whether the simulation among ``products`` is of the Program and the core that are there."""
    if not products.simulation.exists():
        return False
    found = SimulationRecord.read(products.simulation, "bayescim schemes", MADE_ANEW).provenance.inputs
    verilog = read(products.verilog, products.made_by("generate"))
    made = {"program": program_input(products), "verilog": input_of(products.directory, products.verilog, verilog)}
    return all(found[role] == each for role, each in made.items())


def _gather(config: CoreConfig, directory: Path) -> dict[str, Any]:
    """Return the figures of one method."""
    told = [_uncertainty(config, path) for path in sorted(directory.glob("seed_*/uncertainty.json"))]
    last = [each.assessments[_GOLDEN][-1] for each in told]
    first = Products(config, directory / "seed_0")
    result: dict[str, Any] = {
        "method": config.bayes.method,
        "p": config.stochastic.realised_p,
        "passes": config.bayes.passes,
        "seeds": len(told),
        **{measure: Spread.of([getattr(each, measure) for each in last]) for measure in _MEASURES},
        "auroc": {name: Spread.of([each.detection[name][_SCORE].auroc for each in last]) for name in last[0].detection},
        "random_bits": config.stochastic.random_bits,
        "units": config.stochastic.units,
        "simulation": None,
        "synthesis": None,
    }
    if first.simulation.exists():
        simulated = SimulationRecord.read(first.simulation, "bayescim schemes", MADE_ANEW)
        check_provenance(first.simulation, simulated.provenance, config, MADE_ANEW, circuit=True)
        result["simulation"] = {
            "inputs": simulated.inputs,
            "passes": simulated.passes,
            "cycles_per_input": simulated.cycles_per_input,
            "equivalence": simulated.equivalence,
        }
    if first.synthesis.exists():
        synthesis = SynthesisRecord.read(first.synthesis, "bayescim schemes", MADE_ANEW)
        check_provenance(first.synthesis, synthesis.provenance, config, MADE_ANEW, circuit=True)
        result["synthesis"] = {name: _cells(each) for name, each in synthesis.targets.items()}
    return result


def _uncertainty(config: CoreConfig, path: Path) -> UncertaintyRecord:
    """Return the measures of one training with golden."""
    record = UncertaintyRecord.read(path, "bayescim schemes", MADE_ANEW)
    check_provenance(path, record.provenance, config, MADE_ANEW)
    if _GOLDEN not in record.assessments:
        raise InputError(f"{path} must be of golden, not of {record.source}: {MADE_ANEW}")
    return record


def _cells(target: Synthesis) -> dict[str, Any]:
    """Return the cost on one target, and the share of the stochastic units."""
    units: Mapping[str, int] = rooms_of(target.blocks).get(_ROOM, {})
    return {"kinds": target.kinds, "stochastic units": units, "transistors": target.transistors}


STUDY = Study(
    name="schemes",
    record=SchemesRecord,
    run=run,
    title=lambda result: f"Schemes on {result['network']}",
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=show.sentences,
    holds=lambda result: not show.differing(result),
    sections=show.sections,
    document=Path("docs/schemes.md"),
    kind=ResultKind(
        command="schemes",
        record=SchemesRecord,
        member="schemes",
        directory="schemes",
        stem=lambda result: result["network"],
    ),
)
