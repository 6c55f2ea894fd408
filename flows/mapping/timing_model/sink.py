"""Consumer of the results."""

from .block import Block

__all__ = ["Sink"]


class Sink(Block):
    """Consumer that takes every token at once."""

    cycles = ("taken",)

    taken = 0
    """Cycle in which the last token was taken."""

    def offer(self, at: int, last: bool) -> int:
        self.taken = at
        return at
