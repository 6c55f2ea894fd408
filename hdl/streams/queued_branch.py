"""Stream of activations with a queued branch."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from .layouts import Activations
from .queue import StreamQueue
from .tee import Tee

__all__ = ["QueuedBranch"]


class QueuedBranch(wiring.Component):
    """Fork of activations, with a queued branch.

    The branch has their bits without the tags, for a second reader. Combinational from ``i`` to ``o``. A vector is
    taken when ``o`` took it and the queue has a place for it; the branch offers its bits as a buffered
    :class:`StreamQueue` does, from two cycles later on. One vector a cycle.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    width : :class:`int`
        Bits of a vector.
    depth : :class:`int`
        Vectors that the branch holds, at least 2.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, width)))`
        Activations.
    o : :py:`Out(stream.Signature(Activations(config, width)))`
        The same activations.
    branch : :py:`Out(stream.Signature(width))`
        Their bits.
    """

    def __init__(self, config: CoreConfig, width: int, depth: int):
        self._beats = Activations(config, width)
        self._queue = StreamQueue(width, depth)
        super().__init__(
            {
                "i": In(stream.Signature(self._beats)),
                "o": Out(stream.Signature(self._beats)),
                "branch": Out(stream.Signature(width)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.tee = tee = Tee(self._beats)
        m.submodules.queue = queue = self._queue
        wiring.connect(m, wiring.flipped(self.i), tee.i)
        wiring.connect(m, tee.second, wiring.flipped(self.o))
        m.d.comb += [
            queue.i.payload.eq(tee.first.p.bits),
            queue.i.valid.eq(tee.first.valid),
            tee.first.ready.eq(queue.i.ready),
        ]
        wiring.connect(m, queue.o, wiring.flipped(self.branch))
        return m
