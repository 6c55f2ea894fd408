"""Register between two streams."""

from .block import Block, Consumer

__all__ = ["Register"]


class Register(Block):
    """Register stage of one cycle.

    It takes a token when it is empty or its token is being taken.
    So do :class:`hdl.axi.PacketInput` with correct packets and :class:`hdl.axi.PacketOutput`.
    """

    def __init__(self, o: Consumer):
        self._o = o

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free)
        self.free = self._o.offer(taken + 1, last)
        return taken
