"""Passes requested of a model."""

import dataclasses
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hdl.config import CoreConfig, InputError

from ..common import check_batches, check_passes, check_pixels
from ..draws import Draws, check_masks

__all__ = ["Request", "checked", "given_masks"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """Checked arguments of :meth:`golden.model.Model.logits`."""

    pixels: Tensor
    """Inputs, shape (n, inputs)."""

    passes: int
    """Passes T."""

    first_pass: int
    """Passes made since the seeds were loaded."""

    draws: Draws | None
    """Draws to use, where they are given."""


def checked(
    config: CoreConfig,
    device: torch.device,
    pixels: Any,
    passes: int | None,
    first_pass: int,
    masks: Any,
    draws: Draws | None,
    batch_size: int | None,
) -> Request:
    """Check the arguments of :meth:`golden.model.Model.logits`, which a model on ``device`` is given.

    Raises
    ------
    InputError
        An argument has the wrong shape or is out of range.
    """
    pixels = check_pixels(config, pixels, device)
    check_batches(first_pass, batch_size)
    if masks is not None:
        draws = given_masks(config, masks, len(pixels), passes, device)
        passes = int(np.shape(masks)[1])
    elif draws is not None:
        passes = next((drawn.shape[1] for drawn in draws if drawn is not None), passes or 1)
    else:
        passes = check_passes(config, passes)
    if not passes:
        raise InputError("masks must have at least 1 pass, not 0")
    return Request(pixels=pixels, passes=passes, first_pass=first_pass, draws=draws)


def given_masks(config: CoreConfig, masks: Any, inputs: int, passes: int | None, device: torch.device) -> Draws:
    """Return mask bits, shape (inputs, passes, mask_width), as draws.

    Raises
    ------
    InputError
        The shape or a bit is wrong, or the method has no masks but draws weights.
    """
    if config.bayes.scheme.draws_weights:
        raise InputError(f"masks must be omitted for method {config.bayes.method!r}, which has none")
    return check_masks(config, masks, inputs, passes, device)
