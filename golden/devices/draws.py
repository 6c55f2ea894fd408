"""Standard draws for all chips or each chip."""

from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor

from hdl.config import InputError

__all__ = ["Generators", "normal", "uniform"]

#: One source of draws for all chips together, or one for each chip: then a chip is the same alone and among others.
Generators = Generator | Sequence[Generator]


def normal(like: Tensor, generator: Generators, *, reads: int | None = None) -> Tensor:
    """Draw from N(0, 1) in the shape of ``like``, which is (chips, ...), or (reads, chips, ...).

    Draws are made where the generator is and moved to the device of ``like``, so that with a generator on the CPU a
    chip has the same draws on every device.

    Raises
    ------
    InputError
        There are several generators, but not as many as chips.
    """
    return _drawn(torch.randn, like, generator, reads)


def uniform(like: Tensor, generator: Generators) -> Tensor:
    """Draw uniformly from [0, 1), in the shape of ``like``, as :func:`normal` does."""
    return _drawn(torch.rand, like, generator, None)


def _drawn(draw: Callable[..., Tensor], like: Tensor, generators: Generators, reads: int | None) -> Tensor:
    before = () if reads is None else (reads,)
    if isinstance(generators, Generator):
        drawn = draw((*before, *like.shape), generator=generators, device=generators.device, dtype=like.dtype)
        return drawn.to(like.device)
    if not like.ndim or len(generators) != len(like):
        wanted = len(like) if like.ndim else 1
        raise InputError(f"generator must be one, or one for each of {wanted} chips, not {len(generators)}")
    shape = (*before, *like.shape[1:])
    each = [draw(shape, generator=one, device=one.device, dtype=like.dtype).to(like.device) for one in generators]
    return torch.stack(each, dim=len(before))
