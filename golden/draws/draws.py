"""Draws of Monte-Carlo passes per layer (docs/numerics.md#registers-and-draws)."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import CoreConfig, Layer
from hdl.contract import Program

from ..common import check_integer, check_integers
from . import stochastic_unit
from .local_units import local_draws
from .meaning import meaning

__all__ = ["Draws", "check_masks", "layer_values", "pass_draws", "states_after"]

#: Draws of each layer in each pass, None where there are none: the value of its mask bits, of shape
#: (inputs, passes), or the values of its local draws, of shape (inputs, passes, drawings, outputs).
Draws = tuple[Tensor | None, ...]


def pass_draws(
    program: Program,
    inputs: int,
    *,
    passes: int,
    first_pass: int = 0,
    device: str | torch.device = "cpu",
) -> Draws:
    """Return the draws of the stochastic units for ``inputs`` inputs.

    Parameters
    ----------
    program
        Source of configuration, drop codes and seed.
    inputs
        Number of inputs.
    passes
        Monte-Carlo passes T per input.
    first_pass
        Passes between the loading of the seeds and these inputs.
    device
        Device for the result.

    Raises
    ------
    InputError
        An argument is out of range.
    """
    config = program.config
    check_integer("inputs", inputs, 0)
    check_integer("passes", passes, 1)
    check_integer("first_pass", first_pass, 0)
    masks = None
    if config.stochastic.mask_width:
        codes, seed = program.codes, program.seed
        masks = stochastic_unit.masks(config, codes, seed, inputs, passes=passes, first_pass=first_pass, device=device)
    states = config.stochastic.seeds(program.seed)
    found: list[Tensor | None] = []
    for layer in config.layers:
        if layer.local is not None:
            first = config.stochastic.first(layer)
            own = states[first : first + layer.local.units]
            drawn = local_draws(config.random, layer.local, own, first_pass, inputs * passes)
            code = int(program.codes[layer.index]) if len(program.codes) else 0
            meant = meaning(layer, drawn, code)
            found.append(meant.view(inputs, passes, *drawn.shape[1:]).to(device))
        else:
            found.append(None if masks is None or not layer.mask_bits else layer_values(layer, masks))
    return tuple(found)


def states_after(program: Program, passes: int) -> tuple[int, ...]:
    """Return the state of each stochastic unit after ``passes`` passes.

    Loaded as the seeds, they make the next pass number ``passes``, so that a second worker can start from there.
    """
    config = program.config
    shifts = [config.stochastic.mask_steps * config.random.draw_bits] * config.stochastic.shared
    for layer in config.layers:
        if layer.local is not None:
            shifts += [layer.local.draws * config.random.draw_bits] * layer.local.units
        elif layer.sampling is not None:
            shifts += [layer.weight_draws * layer.sampling.bits] * layer.units
    states = config.stochastic.seeds(program.seed)
    return tuple(config.random.jump(state, passes * each) for state, each in zip(states, shifts or [0], strict=True))


def layer_values(layer: Layer, masks: Tensor) -> Tensor:
    """Return the value of the mask bits of ``layer``, shape (…), for ``masks`` of shape (…, mask_width)."""
    bits = masks[..., layer.mask_offset : layer.mask_offset + layer.mask_bits]
    if layer.mask_bits == 1:
        return bits.squeeze(-1)
    return (bits << torch.arange(layer.mask_bits, dtype=bits.dtype, device=masks.device)).sum(dim=-1, dtype=bits.dtype)


def check_masks(config: CoreConfig, masks: Any, inputs: int, passes: int | None, device: torch.device) -> Draws:
    """Return given mask bits, shape (inputs, passes, mask_width), as draws; each is checked to be 0 or 1."""
    bits = check_integers("masks", masks, (inputs, passes, config.stochastic.mask_width), 0, 1, device).to(torch.uint8)
    return tuple(layer_values(layer, bits) if layer.mask_bits else None for layer in config.layers)
