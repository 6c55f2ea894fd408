"""Timing of :class:`hdl.inputs.WindowBuffer`."""

from hdl.config import Window

from .block import Block, Consumer

__all__ = ["WindowBuffer", "moves"]


def moves(window: Window) -> list[list[bool]]:
    """Return for each position, and the border positions right after it, whether a window ends there."""
    source = window.source
    reach = window.kernel - 1 - window.padding
    lasts = [reach + (count - 1) * window.stride for count in (window.height, window.width)]
    rows, cols = (max(side, end + 1) for side, end in zip((source.height, source.width), lasts, strict=True))
    ends_row, ends_col = (
        [reach <= place <= end and not (place - reach) % window.stride for place in range(places)]
        for places, end in zip((rows, cols), lasts, strict=True)
    )
    found: list[list[bool]] = []
    for row in range(rows):
        for col in range(cols):
            if row < source.height and col < source.width:
                found.append([])
            found[-1].append(ends_row[row] and ends_col[col])
    return found


class WindowBuffer(Block):
    """Line buffer that advances a position a cycle.

    By a position that it takes, or by one of the border, while no window waits.
    """

    def __init__(self, window: Window, o: Consumer):
        self._o = o
        self._moves = moves(window)
        self._place = 0

    def offer(self, at: int, last: bool) -> int:
        taken = cycle = max(at, self.free)
        for complete in self._moves[self._place]:
            cycle = self._o.offer(cycle + 1, last) if complete else cycle + 1
        self._place = (self._place + 1) % len(self._moves)
        self.free = cycle
        return taken
