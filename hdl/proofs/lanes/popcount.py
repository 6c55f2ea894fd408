"""Proofs of the counting of agreements."""

from collections.abc import Iterator

from ...lanes import Popcount
from ..proof import Proof
from .agreement_counter import counts

__all__ = ["proofs"]

#: Numbers of words: the smallest, both sides of each change of structure, those of named configurations.
_SIZES = (1, 2, 3, 7, 8, 16, 31, 32, 33, 48, 64)


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.lanes.popcount.Popcount`."""
    return counts("popcount", Popcount, _SIZES)
