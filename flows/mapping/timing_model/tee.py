"""Timing of :class:`hdl.streams.Tee`."""

from .block import Consumer

__all__ = ["Tee"]


class Tee(Consumer):
    """Each branch gets a token once; it is taken when both have it. It remembers nothing between tokens.

    Parameters
    ----------
    first, second
        The branches: what the first sets going must not wait for the second to have the same token.
    """

    def __init__(self, first: Consumer, second: Consumer):
        self._first = first
        self._second = second

    def offer(self, at: int, last: bool) -> int:
        return max(self._first.offer(at, last), self._second.offer(at, last))
