"""Timing of :class:`hdl.neurons.Pool`."""

from .block import Block, Consumer

__all__ = ["Pool"]


class Pool(Block):
    """Pooling that sends with each last position.

    Parameters
    ----------
    width
        Positions in a row of the input map.
    o
        Consumer of the squares.
    """

    cycles = ("free", "_accepted")

    def __init__(self, width: int, o: Consumer):
        self._width = width
        self._o = o
        self._place = 0
        self._accepted = 0

    def offer(self, at: int, last: bool) -> int:
        row, col = divmod(self._place, self._width)
        self._place = (self._place + 1) % (2 * self._width)
        taken = max(at, self.free)
        if row and col % 2:
            taken = max(taken, self._accepted)
            self._accepted = self._o.offer(taken + 1, last)
        self.free = taken + 1
        return taken
