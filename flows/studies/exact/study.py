"""Comparison of the exact mode with drawn masks.

Masks are drawn by prefixes and in the plain order.
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch

from golden.data import load
from golden.measures import agreement, probabilities, total_variation
from golden.model import passes_of
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ...base.bounds import MOST_INPUTS, check_integer
from ...base.console import OnProgress
from ...base.files import make_directory, write_atomically
from ...base.products import Products
from ...base.provenance import provenance
from ...road.equivalence import run_both
from ...road.generate import generate, load_program, program_input
from ..result_kind import ResultKind
from ..study import Study
from . import show
from .options import ExactOptions
from .record import ExactRecord

__all__ = ["PASSES", "STUDY", "in_plain_order", "run"]

#: Numbers of passes T that are drawn.
PASSES = (4, 16, 32, 64)

#: Samples of the mean that the exact distribution is compared with, and inputs for which the RTL draws them.
_SAMPLES = 2**16
_LONG_INPUTS = 4

#: Inputs whose samples golden draws at a time.
_AT_A_TIME = 16


def in_plain_order(program: Program) -> Program:
    """Return the same integers for a core that makes each pass as it is drawn."""
    content = program.config.model_dump(mode="json")
    config = CoreConfig.model_validate(content | {"bayes": content["bayes"] | {"order": "plain"}})
    return dataclasses.replace(program, config=config)


def run(products: Products, options: ExactOptions, *, on_progress: OnProgress) -> dict[str, Any]:
    """Run test inputs through the core in all modes, and through the same network in the plain order; compare.

    Generates both cores.

    Parameters
    ----------
    products
        Where the Program is.
    options
        Inputs.
    on_progress
        Called with the number of runs done and in all.

    Raises
    ------
    InputError
        The passes of the configuration have no weights, ``inputs`` is out of range, or the Program is missing.
    """
    config = products.config
    if not config.passes_weighted:
        raise InputError(f"bayes.order must be 'prefix' for the exact mode, not {config.bayes.order!r}")
    check_integer("inputs", options.inputs, 1, MOST_INPUTS)
    program = load_program(products)
    dataset = load(config, options.data)
    pixels = dataset.test_pixels[: options.inputs].numpy()
    plain = Products(in_plain_order(program).config, make_directory(products.directory / "plain"))
    write_atomically(plain.program, in_plain_order(program).to_bytes())
    for each in (products, plain):
        generate(each)

    drawn = [passes for passes in PASSES if passes <= config.bayes.max_passes]
    runs: list[tuple[Products, int, bool]] = [(products, config.bayes.passes, True)]
    runs += [(each, passes, False) for passes in drawn for each in (plain, products)]
    rows: list[dict[str, Any]] = []
    exact = None
    for done, (own, passes, is_exact) in enumerate(runs):
        on_progress(done, len(runs) + 1)
        made, _, equivalence = run_both(
            load_program(own), own.verilog, pixels, passes=passes, exact=is_exact, load=False
        )
        found = probabilities(made.logits, made.weights, fraction=config.logits.fraction)
        if exact is None:
            exact, logits, weights = found, made.logits, made.weights
        distance = total_variation(found, exact)
        rows.append(
            {
                "exact": is_exact,
                "order": own.config.bayes.order,
                "passes": None if is_exact else passes,
                "cycles_per_input": made.cycles_per_input,
                "mean_distance": float(distance.mean()),
                "largest_distance": float(distance.max()),
                "equivalence": dataclasses.asdict(equivalence),
            }
        )
    on_progress(len(runs), len(runs) + 1)
    sampled = agreement(logits, weights, _sampled(program, len(pixels)), fraction=config.logits.fraction)
    result = {
        "exact": config.name,
        "provenance": provenance(config, {"program": program_input(products)}, data=dataset.digest),
        "inputs": len(pixels),
        "masks": config.stochastic.masks,
        "rows": rows,
        "samples": {**dataclasses.asdict(sampled), "holds": sampled.holds},
        "long_run": _long_run(products, program, pixels[:_LONG_INPUTS]),
    }
    on_progress(len(runs) + 1, len(runs) + 1)
    return result


def _sampled(program: Program, inputs: int) -> torch.Tensor:
    """Return how often each mask is among the samples of each input, shape (inputs, masks)."""
    starts = range(0, inputs, _AT_A_TIME)
    counts = [
        passes_of(program, min(_AT_A_TIME, inputs - start), passes=_SAMPLES, first_pass=start * _SAMPLES).weights
        for start in starts
    ]
    return torch.cat(counts)


def _long_run(products: Products, program: Program, pixels: np.ndarray) -> dict[str, Any] | None:
    """Return the results of the RTL with as many samples for a few inputs; None where it cannot draw so many."""
    if products.config.bayes.max_passes < _SAMPLES:
        return None
    made, _, equivalence = run_both(program, products.verilog, pixels, passes=_SAMPLES, load=False)
    return {
        "inputs": len(pixels),
        "passes": _SAMPLES,
        "cycles_per_input": made.cycles_per_input,
        "equivalence": dataclasses.asdict(equivalence),
    }


STUDY = Study(
    name="exact",
    record=ExactRecord,
    run=run,
    title=show.title,
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=lambda result: [show.sample_line(result)],
    pictures=show.pictures,
    holds=show.agrees,
    sections=show.sections,
    document=Path("docs/exact.md"),
    kind=ResultKind(
        command="exact", record=ExactRecord, member="long_run", directory="exact", stem=lambda result: result["exact"]
    ),
)
