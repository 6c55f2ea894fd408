"""The step from a Program to how well it knows what it does not know."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pydantic_core
import torch
from torch import Tensor

from golden.data.data import load
from golden.data.ood import default_names, foreign_names, make_ood
from golden.data.synthetic import is_random
from golden.measures.assessment import Assessment, assess, assess_exactly
from golden.model.core_model import core_model
from golden.model.integer import IntegerModel
from golden.model.sequence import exact_weights, places
from golden.training.twin_program import twin_program
from hdl.config import CoreConfig, InputError
from hdl.contract.program import Program

from ...base.console import OnProgress
from ...base.files import read, to_json, write_atomically
from ...base.products import Products
from ...base.provenance import provenance
from ...road.equivalence import run_both
from ...road.generate import generated_with_program, load_program
from ...road.native import simulate
from .logit_source import LogitSource
from .show import write_page

__all__ = ["uncertainty"]

#: Mask bits up to which all masks are computed.
_EXACT_BITS = 6


def uncertainty(
    products: Products,
    *,
    source: LogitSource = LogitSource.BOTH,
    deterministic: bool = False,
    program: Path | None = None,
    passes: Sequence[int] | None = None,
    ood: Sequence[str] = (),
    inputs: int | None = None,
    seed: int = 0,
    data: Path | None = None,
    workers: int | None = None,
    on_loading: OnProgress | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Run the test set and out-of-distribution sets, one after the other in one run, and measure.

    Writes ``uncertainty.json``, and ``uncertainty.md`` with its pictures.

    Parameters
    ----------
    products
        Where the Program, the core and the results are.
    source
        Whose logits are measured. With both, each logit is compared, and so is each number.
    deterministic
        Whether it is about the deterministic twin; in RTL it runs on the core of the Bayesian network, or on its own
        where that has no place for it (:class:`flows.base.twin_place.TwinPlace`).
    program
        Program to run, by default the one among the products.
    passes
        Numbers of passes T, each the first of the largest; by default the powers of 2 up to the configuration's
        passes, and those.
    ood
        Names of the sets, see :func:`golden.data.make_ood`; by default all that are at hand.
    inputs
        Number of test inputs, by default all. A set has as many, or less where another data set has less.
    seed
        Seed of the sets.
    data
        Directory of the data sets, where they do not ship with a package. Another data set that is neither there nor
        in its usual place is left out, and said to be.
    workers
        Cores to run side by side, by default one per processor as far as there is work for them.
    on_loading, on_progress
        Called with what is done and the total of register writes, and of inputs in RTL.

    Raises
    ------
    InputError
        An argument is out of range, or a file cannot be used.
    """
    own = products.twin if deterministic else products
    passes = _passes(own.config, passes)
    if inputs is not None and inputs < 1:
        raise InputError(f"inputs must be at least 1, not {inputs}")
    rtl = source is not LogitSource.GOLDEN
    if rtl and products.config.passes_weighted:
        raise InputError(f"source must be golden where bayes.order is 'prefix', not {source.value!r}")
    contents = load_program(own, program)
    digest = hashlib.sha256(contents.to_bytes()).hexdigest()
    if rtl:
        core = products.core(deterministic)
        read(core.verilog, core.made_by("generate"))
        generated_with = generated_with_program(core)
    dataset = load(own.config, data)
    labels = dataset.test_labels[:inputs]
    sets, left_out = _sets(own.config, dataset.test_pixels[:inputs], ood, seed=seed, data=data)
    pixels = torch.cat(list(sets.values()))
    logits, equivalence = {}, None
    if rtl:
        arguments: dict[str, Any] = {
            "passes": passes[-1],
            "load": core != own or generated_with != digest,
            "workers": workers,
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
    result = {
        "name": own.config.name,
        "provenance": provenance(own.config),
        "program": digest,
        "method": own.config.bayes.method,
        "random_weights": is_random(contents),
        "source": source.value,
        "seed": seed,
        "passes": passes,
        "sets": {name: len(each) for name, each in sets.items()},
        "left_out": left_out,
        "equivalence": equivalence,
        "same_numbers": assessments["golden"] == assessments["rtl"] if source is LogitSource.BOTH else None,
        "assessments": assessments,
        "exact": exact,
    }
    text = to_json(result)
    write_atomically(own.directory / "uncertainty.json", text.encode())
    # What is shown is what is in the file.
    result = pydantic_core.from_json(text)
    write_page(own.directory, result)
    return result


def _passes(config: CoreConfig, wanted: Sequence[int] | None) -> tuple[int, ...]:
    """Return the numbers of passes in rising order."""
    most = config.bayes.max_passes
    if wanted is None:
        count = config.bayes.passes
        return tuple(sorted({2**power for power in range(count.bit_length())} | {count}))
    for count in wanted:
        if not 1 <= count <= most:
            raise InputError(f"passes must be between 1 and {most}, not {count}")
    return tuple(sorted(set(wanted)))


def _sets(
    config: CoreConfig, test: Tensor, names: Sequence[str], *, seed: int, data: Path | None
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the pixels of all sets, the test set first, and why other data sets are left out."""
    sets = {"test": test}
    left_out: dict[str, str] = {}
    for name in names or default_names(config):
        # Another data set may be where this one is, or in its usual place.
        places = (data, None) if name in foreign_names(config) and data is not None else (data,)
        for place in places:
            try:
                sets[name] = make_ood(name, config, test, seed=seed, directory=place, most=len(test))
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
