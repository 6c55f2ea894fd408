"""Timing of :class:`hdl.window_buffer.WindowBuffer`."""

from hdl.config import Layer

from .block import Block, Consumer

__all__ = ["WindowBuffer"]


class WindowBuffer(Block):
    """Moves on by a place a cycle while no window waits: by a position that it takes, or by one of the border."""

    def __init__(self, layer: Layer, o: Consumer):
        window = layer.window
        if window is None:
            raise ValueError(f"WindowBuffer layer must be a convolution, not {layer!r}")
        self._o = o
        source = window.source
        reach = window.kernel - 1 - window.padding
        lasts = [reach + (count - 1) * window.stride for count in (window.height, window.width)]
        rows, cols = (max(side, end + 1) for side, end in zip((source.height, source.width), lasts, strict=True))
        ends = [
            [reach <= place <= end and not (place - reach) % window.stride for place in range(places)]
            for places, end in zip((rows, cols), lasts, strict=True)
        ]
        # For each position that is taken, whether a window ends there and at the places of the border after it.
        self._moves: list[list[bool]] = []
        for row in range(rows):
            for col in range(cols):
                if row < source.height and col < source.width:
                    self._moves.append([])
                self._moves[-1].append(ends[0][row] and ends[1][col])
        self._place = 0

    def offer(self, at: int, last: bool) -> int:
        taken = cycle = max(at, self.free)
        for complete in self._moves[self._place]:
            cycle = self._o.offer(cycle + 1, last) if complete else cycle + 1
        self._place = (self._place + 1) % len(self._moves)
        self.free = cycle
        return taken
