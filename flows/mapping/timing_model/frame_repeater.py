"""Timing of :class:`hdl.passes.FrameRepeater`."""

from collections.abc import Sequence

from .block import Block, Consumer, Timed, repeat

__all__ = ["FrameReader", "FrameRepeater"]


class FrameReader(Timed):
    """Read side of :class:`FrameRepeater`.

    Parameters
    ----------
    positions
        Positions of an input.
    draws
        Cycles of drawing a mask, 0 where there is none.
    o
        Consumer of the counts.
    """

    cycles = ("free", "_accepted")

    def __init__(self, positions: int, draws: int, o: Consumer):
        self._positions = positions
        self._draws = draws
        self._o = o
        self._accepted = 0

    def send(self, place: int, there: int, *, last: bool) -> int:
        """Send a position whose counts are valid from cycle ``there`` on; return the cycle in which they are read."""
        demanded = max(there, self.free)
        issued = max(demanded if place else demanded + self._draws, self._accepted)
        self.free = issued + 1
        self._accepted = self._o.offer(issued + 1, last)
        return issued

    def send_all(self) -> int:
        """Send a pass that is complete and not the last; return the first cycle for the next one."""
        for place in range(self._positions):
            self.send(place, 0, last=False)
        return self.free


class FrameRepeater(Block):
    """Replay of all counts once per pass.

    The counts of the next input replace those that were read for the last time.

    Parameters
    ----------
    reader
        Read side.
    positions
        Positions of an input.
    passes
        Passes T.
    after
        All blocks downstream of the reader.
    """

    cycles = ("free", "_places")

    def __init__(self, reader: FrameReader, positions: int, passes: int, after: Sequence[Timed]):
        self._reader = reader
        self._passes = passes
        self._after = after
        self._place = 0
        # First cycle in which each place is free.
        self._places = [0] * positions

    def offer(self, at: int, last: bool) -> int:
        place = self._place
        taken = max(at, self.free, self._places[place])
        self.free = taken + 1
        only = self._passes == 1
        self._places[place] = self._reader.send(place, taken + 1, last=only) + 1
        self._place = (place + 1) % len(self._places)
        if not self._place and not only:
            repeat([self._reader, *self._after], self._passes - 2, self._reader.send_all)
            for each in range(len(self._places)):
                self._places[each] = self._reader.send(each, 0, last=True) + 1
        return taken
