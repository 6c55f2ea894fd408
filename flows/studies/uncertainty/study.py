"""Measurement of calibration and detection."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from golden.data import check_name, comes_with_package, default_names, foreign_names, is_random, load, make_ood
from golden.measures import Assessment, assess, assess_exactly
from golden.model import IntegerModel, core_model, exact_weights, places
from golden.training import twin_program
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ...base.bounds import LARGEST_SEED, MOST_INPUTS, MOST_WORKERS, check_integer, check_passes
from ...base.console import OnProgress
from ...base.files import read
from ...base.products import Products
from ...base.provenance import input_of, provenance
from ...road.equivalence import run_both
from ...road.generate import generated_with_program, load_program, program_input
from ...road.native import simulate
from ..result_kind import ResultKind
from ..study import Study
from . import show
from .options import LogitSource, UncertaintyOptions
from .record import UncertaintyRecord

__all__ = ["STUDY", "run"]

#: Mask bits up to which all masks are computed.
_EXACT_BITS = 6


def run(
    products: Products,
    options: UncertaintyOptions,
    *,
    on_loading: OnProgress | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Run the test set and out-of-distribution sets, one after the other in one run, and measure.

    Parameters
    ----------
    products
        Where the Program and the core are.
    options
        Network, passes and sets.
    on_loading, on_progress
        Called with the number done and the total of register writes, and of inputs in RTL.

    Raises
    ------
    InputError
        An option is out of range, or a file cannot be used.
    """
    source, deterministic, inputs = options.source, options.deterministic, options.inputs
    own = products.twin if deterministic else products
    passes = _passes(own.config, options.passes)
    check_integer("inputs", inputs, 1, MOST_INPUTS)
    check_integer("workers", options.workers, 1, MOST_WORKERS)
    check_integer("seed", options.seed, 0, LARGEST_SEED)
    for name in options.ood:
        check_name(name, own.config)
    rtl = source is not LogitSource.GOLDEN
    if rtl and products.config.passes_weighted:
        raise InputError(f"source must be golden where bayes.order is 'prefix', not {source.value!r}")
    contents = load_program(own, options.program)
    sources = {"program": program_input(own, options.program)}
    digest = sources["program"].sha256
    if rtl:
        core = products.core(deterministic)
        text = read(core.verilog, core.made_by("generate"))
        sources["verilog"] = input_of(own.directory, core.verilog, text)
        generated_with = generated_with_program(core, text)
    dataset = load(own.config, None if comes_with_package(own.config) else options.data)
    labels = dataset.test_labels[:inputs]
    sets, left_out = _sets(own.config, dataset.test_pixels[:inputs], options)
    pixels = torch.cat(list(sets.values()))
    logits, equivalence = {}, None
    if rtl:
        arguments: dict[str, Any] = {
            "passes": passes[-1],
            "load": core != own or generated_with != digest,
            "workers": options.workers,
            "on_loading": on_loading,
            "on_progress": on_progress,
        }
        ran = contents if core == own else twin_program(products.config, contents)
        if source is LogitSource.BOTH:
            simulation, golden, equivalence = run_both(ran, core.verilog, pixels.numpy(), **arguments)
            logits["golden"] = torch.from_numpy(golden)
        else:
            simulation = simulate(ran, core.verilog, pixels.numpy(), **arguments)
        logits["rtl"] = torch.from_numpy(simulation.logits)
    else:
        logits["golden"] = core_model(contents).logits(pixels, passes=passes[-1])
    exact = _exactly(contents, sets, labels)
    assessments = {name: _assess(contents, found, sets, labels, passes) for name, found in logits.items()}
    return {
        "name": own.config.name,
        "provenance": provenance(own.config, sources, data=dataset.digest),
        "method": own.config.bayes.method,
        "random_weights": is_random(contents),
        "source": source.value,
        "seed": options.seed,
        "passes": passes,
        "sets": {name: len(each) for name, each in sets.items()},
        "left_out": left_out,
        "equivalence": equivalence,
        "same_numbers": assessments["golden"] == assessments["rtl"] if source is LogitSource.BOTH else None,
        "assessments": assessments,
        "exact": exact,
    }


def _passes(config: CoreConfig, wanted: Sequence[int] | None) -> tuple[int, ...]:
    """Return the numbers of passes in rising order."""
    if wanted is None:
        count = config.bayes.passes
        return tuple(sorted({2**power for power in range(count.bit_length())} | {count}))
    for count in wanted:
        check_passes(config, count)
    return tuple(sorted(set(wanted)))


def _sets(config: CoreConfig, test: Tensor, options: UncertaintyOptions) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the pixels of all sets, the test set first, and the reasons why other data sets are omitted."""
    sets = {"test": test}
    left_out: dict[str, str] = {}
    data = options.data
    for name in options.ood or default_names(config):
        # Another data set may be where this one is, or in its usual place.
        places = (data, None) if name in foreign_names(config) and data is not None else (data,)
        for place in places:
            try:
                sets[name] = make_ood(name, config, test, seed=options.seed, directory=place, most=len(test))
                left_out.pop(name, None)
                break
            except InputError as error:
                if name not in foreign_names(config):
                    raise
                left_out[name] = str(error)
    return sets, left_out


def _assess(
    program: Program, logits: Tensor, sets: Mapping[str, Tensor], labels: Tensor, passes: Sequence[int]
) -> tuple[Assessment, ...]:
    parts = _parts(program, logits, sets)
    return assess(parts.pop("test"), labels, parts, passes=passes)


def _exactly(program: Program, sets: Mapping[str, Tensor], labels: Tensor) -> Assessment | None:
    """Return the assessment of the exact predictive distribution, None where there are too many masks or none."""
    config = program.config
    if not 0 < config.stochastic.random_bits == config.stochastic.mask_width <= _EXACT_BITS:
        return None
    pixels, masks = torch.cat(list(sets.values())), places(config)
    logits = IntegerModel(program).logits(pixels, masks=masks.expand(len(pixels), *masks.shape))
    parts = _parts(program, logits, sets)
    return assess_exactly(parts.pop("test"), labels, parts, exact_weights(config, torch.from_numpy(program.codes)))


def _parts(program: Program, logits: Tensor, sets: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the logits of each set as real numbers."""
    real = logits.double() / 2**program.config.logits.fraction
    return dict(zip(sets, real.split([len(each) for each in sets.values()]), strict=True))


STUDY = Study(
    name="uncertainty",
    record=UncertaintyRecord,
    run=run,
    title=show.title,
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=lambda result: [show.said(result)],
    pictures=show.pictures,
    panels=show.panels,
    holds=show.agrees,
    sections=show.sections,
    document=Path("docs/uncertainty.md"),
    kind=ResultKind(
        command="uncertainty",
        record=UncertaintyRecord,
        member="assessments",
        directory="uncertainty",
        stem=lambda result: result["name"],
        keep=show.keep,
    ),
)
