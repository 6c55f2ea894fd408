"""Accuracy of a network under each of its masks, by the number of bits that drop."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import torch

from flows.base.products import Products
from flows.base.provenance import provenance
from flows.road.generate import load_program, program_input
from flows.studies.study import Study
from golden.data import load
from golden.model import core_model
from hdl.config import InputError

from . import show
from .options import MasksOptions
from .record import MasksRecord

#: Most bits of a mask, so that all masks can be computed.
MOST_BITS = 8


def run(products: Products, options: MasksOptions) -> Mapping[str, Any]:
    """Compute test inputs with every mask in golden.

    Raises
    ------
    InputError
        The scheme has no masks or too many, or a file cannot be used.
    """
    config = products.config
    width = config.stochastic.mask_width
    if not 1 <= width <= MOST_BITS:
        raise InputError(f"masks must have between 1 and {MOST_BITS} bits, not {width}")
    program, data = load_program(products), load(config, options.data)
    pixels, labels = data.test_pixels[: options.inputs], data.test_labels[: options.inputs]
    bits = torch.arange(2**width).unsqueeze(1) >> torch.arange(width) & 1
    logits = core_model(program).logits(pixels, masks=bits.expand(len(pixels), -1, -1))
    right = (logits.argmax(dim=2) == labels.unsqueeze(1)).double().mean(dim=0)
    found: dict[int, list[float]] = defaultdict(list)
    for kept, accuracy in zip(bits.sum(dim=1).tolist(), right.tolist(), strict=True):
        found[width - kept].append(accuracy)
    return {
        "provenance": provenance(config, {"program": program_input(products)}),
        "inputs": len(pixels),
        "bits": width,
        "dropped": [{"bits": dropped, "accuracy": found[dropped]} for dropped in sorted(found)],
    }


STUDY = Study(
    name="masks",
    record=MasksRecord,
    run=run,
    title=show.title,
    markdown=show.to_markdown,
    tables=show.tables,
    pictures=show.pictures,
)
