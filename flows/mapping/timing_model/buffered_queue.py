"""Timing of a buffered :class:`hdl.streams.StreamQueue`."""

from .block import Timed

__all__ = ["BufferedQueue"]


class BufferedQueue(Timed):
    """:class:`amaranth.lib.fifo.SyncFIFOBuffered`.

    Of ``depth`` entries one is in a register at the output: an entry moves there when the one before was taken, and is
    offered in the next cycle.

    Parameters
    ----------
    depth
        Entries, at least 2.
    """

    cycles = ("_moves", "_taken")

    def __init__(self, depth: int):
        self._places = depth - 1
        # Cycles in which the latest entries moved to the output, and in which the last one was taken there.
        self._moves: list[int] = []
        self._taken = 0
        self._waiting: list[int] = []
        self._occupied = False

    @property
    def writable(self) -> int:
        """First cycle in which the next entry may be written."""
        back = self._places - len(self._waiting)
        return self._moves[-back] + 1 if len(self._moves) >= back else 0

    @property
    def offered(self) -> int:
        """Cycle from which on the first entry is offered."""
        return self._moves[-1] + 1

    def write(self, cycle: int) -> None:
        """Write an entry."""
        self._waiting.append(cycle)
        self._advance()

    def take(self, cycle: int) -> None:
        """Take the first entry."""
        self._taken = cycle
        self._occupied = False
        self._advance()

    def forget(self, before: int) -> None:
        """Have what was before ``before``, and affects nothing from then on, happen at that time."""
        self._moves = [max(move, before) for move in self._moves]
        self._taken = max(self._taken, before)

    def _advance(self) -> None:
        if self._waiting and not self._occupied:
            move = max(self._waiting.pop(0) + 1, self._taken)
            self._moves = [*self._moves, move][-self._places :]
            self._occupied = True
