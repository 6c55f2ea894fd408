"""Where the results go."""

from .block import Block

__all__ = ["Sink"]


class Sink(Block):
    """Takes whatever is offered at once."""

    cycles = ("taken",)

    taken = 0
    """Cycle in which the latest token was taken."""

    def offer(self, at: int, last: bool) -> int:
        self.taken = at
        return at
