"""Timing of :class:`hdl.streams.Tee`."""

from .block import Consumer

__all__ = ["Tee"]


class Tee(Consumer):
    """Fork whose token is taken by both branches.

    Each branch gets a token once. No state is kept between tokens.

    Parameters
    ----------
    first, second
        Branches: effects of the first branch must not wait for the second to have the same token.
    """

    def __init__(self, first: Consumer, second: Consumer):
        self._first = first
        self._second = second

    def offer(self, at: int, last: bool) -> int:
        return max(self._first.offer(at, last), self._second.offer(at, last))
