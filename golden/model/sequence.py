"""Passes that the core makes, and their weights (docs/numerics.md#pass-weights)."""

import dataclasses
from typing import Any

import torch
from torch import Tensor

from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ..common import check_integer
from ..draws import masks as drawn_masks
from .model import Model

__all__ = ["Passes", "exact_weights", "passes_of", "places", "weighted_logits"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Passes:
    """Passes of some inputs, ordered by prefixes.

    There is a row for each mask; mask bits of the first layer change slowest.
    """

    masks: Tensor
    """Mask bits, uint8, shape (inputs, masks, mask_width), the same for all inputs."""

    weights: Tensor
    """Weight of each, int64, shape (inputs, masks); a mask that weighs 0 has no pass."""


def places(config: CoreConfig) -> Tensor:
    """Return the mask bits of each place, uint8 of shape (masks, mask_width).

    The place is the number that the bits make: those of the first layer highest, within a layer the first lowest.
    """
    numbers = torch.arange(config.stochastic.masks)
    bits = torch.zeros((config.stochastic.masks, config.stochastic.mask_width), dtype=torch.uint8)
    below = config.stochastic.mask_width
    for layer in config.layers:
        below -= layer.mask_bits
        for bit in range(layer.mask_bits):
            bits[:, layer.mask_offset + bit] = numbers >> below + bit & 1
    return bits


def exact_weights(config: CoreConfig, codes: Tensor) -> Tensor:
    """Return the probability of each place in units of 2^−(k · mask_width), int64 of shape (masks,).

    ``codes`` are the drop codes, integers of shape (mask_width,): a bit is 0 with probability code / 2^k.
    """
    steps = 2**config.random.draw_bits
    factors = torch.where(places(config).bool(), steps - codes.long(), codes.long())
    return factors.prod(dim=1)


def passes_of(
    program: Program, inputs: int, *, passes: int, exact: bool = False, first_pass: int = 0, masks: Any = None
) -> Passes:
    """Return the passes that the core makes for ``inputs`` inputs, where the order is by prefixes.

    Parameters
    ----------
    program
        Program of a configuration whose passes have weights.
    inputs
        Number of inputs.
    passes
        Passes T that are drawn for each input.
    exact
        Whether the core is in the exact mode: then nothing is drawn, and weights are probabilities.
    first_pass
        Passes drawn before these inputs since the seed was loaded.
    masks
        Mask bits that were drawn, shape (inputs, passes, mask_width), where they do not come from a seed.

    Raises
    ------
    InputError
        The passes of the configuration have no weights, or an argument is out of range.
    """
    config = program.config
    if not config.passes_weighted:
        raise InputError(f"bayes.order must be 'prefix' for passes with weights, not {config.bayes.order!r}")
    check_integer("inputs", inputs, 0)
    each = places(config)
    if exact:
        weights = exact_weights(config, torch.from_numpy(program.codes)).expand(inputs, -1)
    else:
        drawn = (
            masks
            if masks is not None
            else drawn_masks(config, program.codes, program.seed, inputs, passes=passes, first_pass=first_pass)
        )
        # Increment of the place by each mask bit: the place of the mask that has it alone.
        alone = (each.sum(dim=1) == 1).nonzero()[:, 0]
        gains = torch.zeros(config.stochastic.mask_width, dtype=torch.int64)
        gains[each[alone].argmax(dim=1)] = alone
        found = (drawn.long() * gains).sum(dim=2)
        weights = torch.zeros((inputs, config.stochastic.masks), dtype=torch.int64)
        weights.scatter_add_(1, found, torch.ones_like(found))
    return Passes(masks=each.expand(inputs, -1, -1), weights=weights)


def weighted_logits(
    model: Model, pixels: Any, *, passes: int, exact: bool = False, first_pass: int = 0, masks: Any = None
) -> tuple[Tensor, Tensor | None]:
    """Return logits of the passes that the core makes, shape (inputs, passes, classes), and their weights.

    In the plain order these are the T passes that are drawn, and None. Otherwise there is a row for each mask, and
    those that weigh 0 never come out of the core; the arguments are those of :func:`passes_of`.
    """
    if not model.program.config.passes_weighted:
        return model.logits(pixels, passes=passes, first_pass=first_pass, masks=masks), None
    made = passes_of(model.program, len(pixels), passes=passes, exact=exact, first_pass=first_pass, masks=masks)
    return model.logits(pixels, masks=made.masks), made.weights
