"""Comparison of the Bayesian methods on one network.

The cost of each, and the quality of its uncertainty.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from golden.data import comes_with_package
from hdl.config import CoreConfig
from hdl.config.schemes import schemes, sections

from ...base.bounds import MOST_INPUTS, MOST_REPEATS, check_choices, check_integer
from ...base.files import read_json, to_json, write_atomically
from ...base.products import Products
from ...base.provenance import provenance
from ...base.spread import Spread
from ...road.generate import generate
from ...road.lower import lower
from ...road.simulate import simulate
from ...road.train import train
from ...synthesis.area import rooms_of
from ...synthesis.synth import synth_missing
from ...synthesis.targets import TARGETS
from ..result_kind import ResultKind
from ..study import Study
from ..uncertainty.options import LogitSource, UncertaintyOptions
from ..uncertainty.study import STUDY as UNCERTAINTY
from . import show
from .options import SchemesOptions

__all__ = ["COMPARED", "METHODS", "STUDY", "run", "scheme_config"]

#: All methods, the deterministic one first.
METHODS = tuple(sorted(schemes(), key=lambda name: (schemes()[name].stochastic, name)))

#: Methods that are compared by default. Golden draws weights one by one, which takes days for so many
#: inputs, sets and passes; `bayescim chips` and `bayescim sharing` are made for them.
COMPARED = tuple(name for name in METHODS if not schemes()[name].draws_weights)

#: Stochastic units of each layer whose channels have bits of their own.
_LOCAL_UNITS = 4

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
    state = train(
        products,
        data=_files(products, data),
        seed=seed,
        on_epoch=lambda state: on_step(f"{method}, seed {seed}: {state.epoch}"),
    )
    program, _ = lower(products)
    known = products.directory / "uncertainty.json"
    if known.exists() and read_json(known, "bayescim schemes").get("epochs") == state.epoch:
        return
    on_step(f"{method}, seed {seed}: measure")
    options = UncertaintyOptions(source=LogitSource.GOLDEN, passes=(program.config.bayes.passes,), data=data)
    told = UNCERTAINTY.conduct(products.directory, products, options)
    write_atomically(known, to_json({**told, "epochs": state.epoch}).encode())


def _files(products: Products, data: Path | None) -> Path | None:
    """Return the directory of the data set itself: others may be in ``data`` where it is read from no files."""
    return None if comes_with_package(products.config) else data


def _build(products: Products, options: SchemesOptions, on_step: Callable[[str], None]) -> None:
    """Generate, simulate and synthesize, as far as it was not done."""
    method = products.config.bayes.method
    on_step(f"{method}: generate")
    if not products.metadata.exists():
        generate(products)
    if not products.simulation.exists():
        on_step(f"{method}: simulate")
        simulate(products, inputs=options.inputs, data=_files(products, options.data))
    synth_missing(products, options.targets, on_target=lambda target: on_step(f"{method}: synthesize for {target}"))


def _gather(config: CoreConfig, directory: Path) -> dict[str, Any]:
    """Return the figures of one method."""
    told = [read_json(path, "bayescim schemes") for path in sorted(directory.glob("seed_*/uncertainty.json"))]
    last = [each["assessments"]["golden"][-1] for each in told]
    first = Products(config, directory / "seed_0")
    result: dict[str, Any] = {
        "method": config.bayes.method,
        "p": config.stochastic.realised_p,
        "passes": config.bayes.passes,
        "seeds": len(told),
        **{measure: Spread.of([each[measure] for each in last]) for measure in _MEASURES},
        "auroc": {
            name: Spread.of([each["detection"][name][_SCORE]["auroc"] for each in last])
            for name in last[0]["detection"]
        },
        "random_bits": config.stochastic.random_bits,
        "units": config.stochastic.units,
        "simulation": None,
        "synthesis": None,
    }
    if first.simulation.exists():
        simulated = read_json(first.simulation, "bayescim schemes")
        result["simulation"] = {
            "inputs": simulated["inputs"],
            "passes": simulated["passes"],
            "cycles_per_input": simulated["cycles_per_input"],
            "equivalence": simulated["equivalence"],
        }
    if first.synthesis.exists():
        targets = read_json(first.synthesis, "bayescim schemes")["targets"]
        result["synthesis"] = {name: _cells(each) for name, each in targets.items()}
    return result


def _cells(target: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cost on one target, and the share of the stochastic units."""
    units: Mapping[str, int] = rooms_of(target["blocks"]).get(_ROOM, {})
    return {"kinds": target["kinds"], "stochastic units": units, "transistors": target["transistors"]}


STUDY = Study(
    name="schemes",
    run=run,
    title=lambda result: f"Schemes on {result['network']}",
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=show.sentences,
    holds=lambda result: not show.differing(result),
    sections=show.sections,
    document=Path("docs/schemes.md"),
    kind=ResultKind(command="schemes", member="schemes", directory="schemes", stem=lambda result: result["network"]),
)
