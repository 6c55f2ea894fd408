"""Checks of integers from outside."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError

__all__ = ["check_integer", "check_integers"]


def check_integer(name: str, value: int, lowest: int, highest: int | None = None) -> int:
    """Return ``value``, a plain integer from ``lowest`` to ``highest``.

    Raises
    ------
    InputError
        It is not an integer, or out of range.
    """
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < lowest or (highest is not None and value > highest):
        wanted = f"of at least {lowest}" if highest is None else f"between {lowest} and {highest}"
        raise InputError(f"{name} must be an integer {wanted}, not {value!r}")
    return value


def check_integers(
    name: str,
    value: Any,
    shape: tuple[int | None, ...],
    lowest: int | None = None,
    highest: int | None = None,
    device: str | torch.device | None = None,
) -> Tensor:
    """Return ``value`` as a tensor of integers.

    Parameters
    ----------
    name
        Name in the error message.
    value
        Tensor, array or nested list of integers.
    shape
        Size of each axis; None for any.
    lowest, highest
        Range of the values, ends included; without it any value is accepted.
    device
        Device for the tensor; by default its own.

    Raises
    ------
    InputError
        The shape, the type or a value is wrong.
    """
    try:
        tensor = torch.as_tensor(value, device=device)
    except (TypeError, ValueError, RuntimeError):
        raise InputError(f"{name} must be an array of integers, not {type(value).__name__}") from None
    if tensor.ndim != len(shape) or any(
        size not in (None, found) for size, found in zip(shape, tensor.shape, strict=True)
    ):
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        raise InputError(f"{name} must have shape ({wanted}), not {tuple(tensor.shape)}")
    if tensor.dtype == torch.bool:
        tensor = tensor.to(torch.uint8)
    if tensor.is_floating_point() or tensor.is_complex():
        if tensor.numel():
            raise InputError(f"{name} must hold integers, not {tensor.dtype}")
        tensor = tensor.to(torch.int64)
    if tensor.numel() and lowest is not None and highest is not None:
        least, most = (int(end) for end in torch.aminmax(tensor))
        if least < lowest or most > highest:
            wrong = least if least < lowest else most
            raise InputError(f"{name} must be between {lowest} and {highest}, not {wrong}")
    return tensor
