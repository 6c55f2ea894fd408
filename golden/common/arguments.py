"""Arguments that the models take: inputs, passes and batches."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import CoreConfig

from .checks import check_integer, check_integers

__all__ = ["check_batches", "check_passes", "check_pixels"]


def check_pixels(config: CoreConfig, pixels: Any, device: str | torch.device | None = None) -> Tensor:
    """Return ``pixels`` as a tensor, shape (n, inputs), of integers 0 to 2^B − 1.

    Raises
    ------
    InputError
        The shape, the type or a value is wrong.
    """
    return check_integers("pixels", pixels, (None, config.network.inputs), 0, config.layers[0].plane_gain, device)


def check_passes(config: CoreConfig, passes: int | None = None) -> int:
    """Return the Monte-Carlo passes T, by default those of the configuration.

    Raises
    ------
    InputError
        The core does not support as many.
    """
    return check_integer("passes", config.bayes.passes if passes is None else passes, 1, config.bayes.max_passes)


def check_batches(first_pass: int, batch_size: int | None) -> None:
    """Check the number of the first pass and, where given, the batch size.

    Raises
    ------
    InputError
        A number is no integer or out of range.
    """
    check_integer("first_pass", first_pass, 0)
    if batch_size is not None:
        check_integer("batch_size", batch_size, 1)
