"""Effect of shared draws on sampled weights."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import torch

from golden.arrays import DigitalArrays, IndependentArrays
from golden.data import load
from golden.model import Model
from golden.randomness import column_correlation
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ...base.bounds import check_passes
from ...base.console import OnProgress
from ...base.products import Products
from ...base.provenance import provenance
from ...road.generate import load_sampled_program, program_input
from ..effect import measure_effect, probes
from ..study import Study
from . import show
from .options import SharingOptions
from .record import SharingRecord
from .sharing import Sharing

__all__ = ["STUDY", "run", "sharing"]

#: Numbers of generators below that of the widest layer.
_USUAL = (1, 4, 16)


def run(products: Products, options: SharingOptions, *, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Measure the trained network with each number of generators.

    Parameters
    ----------
    products
        Where the Program is.
    options
        Network, generators, passes and inputs.
    on_progress
        Called with the ways done, and their number.

    Raises
    ------
    InputError
        The weights of the network are fixed, a number is out of range, or a file cannot be used.
    """
    config = products.config
    passes = check_passes(config, options.passes)
    program = load_sampled_program(products, options.program)
    dataset = load(config, options.data)
    images, labels = dataset.test_pixels[: options.inputs], dataset.test_labels[: options.inputs]
    widest = max(layer.outputs for layer in config.layers)
    ways = sharing(
        program,
        images,
        labels,
        generators=options.generators or [*(each for each in _USUAL if each < widest), widest],
        passes=passes,
        repeats=options.repeats,
        correlated=options.correlated,
        on_progress=on_progress,
    )
    return {
        "provenance": provenance(config, {"program": program_input(products, options.program)}, data=dataset.digest),
        "inputs": len(images),
        "passes": passes,
        "repeats": options.repeats,
        "correlated": options.correlated,
        "ways": ways,
    }


def sharing(
    program: Program,
    pixels: torch.Tensor,
    labels: torch.Tensor,
    *,
    generators: Sequence[int],
    passes: int,
    repeats: int,
    correlated: int,
    on_progress: OnProgress | None = None,
) -> list[Sharing]:
    """Return the effect of each number of generators on the network of ``program``, for reads and for passes.

    Parameters
    ----------
    program
        A trained network with sampled weights.
    pixels, labels
        Test inputs, shapes (n, inputs) and (n,).
    generators
        Numbers of generators; independent draws come last.
    passes
        Monte-Carlo passes T.
    repeats
        Repetitions, each with the passes that follow those of the one before.
    correlated
        Passes that correlations are estimated from.
    on_progress
        Called with the ways done, and their number.

    Raises
    ------
    InputError
        The weights of the network are fixed, or a number of generators is none.
    """
    inputs = probes(program.config, pixels)
    # All of them before the first is measured, which takes long: an impossible number is reported at once.
    ways = [
        (_changed(program, {"sampling": sampling, "generators": each or 1}), each)
        for sampling in ("read", "pass")
        for each in (*generators, None)
    ]
    found = []
    for done, (own, each) in enumerate(ways):
        if on_progress is not None:
            on_progress(done, len(ways))
        found.append(_measure(own, inputs, labels, each, passes, repeats, correlated))
    if on_progress is not None:
        on_progress(len(ways), len(ways))
    return found


def _measure(
    own: Program,
    inputs: dict[str, torch.Tensor],
    labels: torch.Tensor,
    generators: int | None,
    passes: int,
    repeats: int,
    correlated: int,
) -> Sharing:
    sampling = own.config.layers[0].sampling
    if sampling is None:
        raise InputError(f"program must be of a core that draws its weights, not of {own.config.name!r}")
    model = Model(own, IndependentArrays(own) if generators is None else DigitalArrays(own))

    def logits(before: int, pixels: torch.Tensor) -> torch.Tensor:
        return model.logits(pixels, passes=passes, first_pass=before * len(pixels) * passes)

    source = "independent" if generators is None else f"G = {generators}"
    return Sharing(
        sampling=sampling.drawn_per,
        generators=generators,
        registers=None if generators is None else own.config.stochastic.units,
        correlations=tuple(column_correlation(model.arrays, layer, passes=correlated) for layer in own.config.layers),
        effect=measure_effect(source, own.config, inputs, labels, logits, repeats=repeats),
    )


def _changed(program: Program, fields: dict[str, Any]) -> Program:
    """Return ``program`` with other ``fields`` of the section `bayes`."""
    document = program.config.model_dump()
    document["bayes"] |= fields
    return dataclasses.replace(program, config=CoreConfig.from_document(document, program.config.name))


STUDY = Study(
    name="sharing",
    record=SharingRecord,
    run=run,
    title=lambda result: f"Shared draws of {result['provenance']['config_name']}",
    markdown=show.to_markdown,
    tables=show.sharing_tables,
    sections=show.sections,
)
