"""Queue between two streams."""

from amaranth import Module, Shape
from amaranth.hdl import ShapeLike
from amaranth.lib import fifo, stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["StreamQueue"]


class StreamQueue(wiring.Component):
    """Queue of up to ``depth`` beats of a stream.

    No output depends combinationally on an input: producer and consumer wait for each other through registers. A beat
    that was taken into the empty queue is offered in the next cycle, or two cycles later where ``buffered``. One beat a
    cycle, but one in two cycles where a buffered queue has a depth of 2.

    Parameters
    ----------
    shape : shape-like
        Payload.
    depth : :class:`int`
        Beats that fit, at least 2.
    buffered : :class:`bool`
        Whether the payload is read from the memory through a register, so that block RAM can hold it; otherwise it is
        read combinationally.

    Members
    -------
    i : :py:`In(stream.Signature(shape))`
        Beats.
    o : :py:`Out(stream.Signature(shape))`
        The same beats.
    """

    def __init__(self, shape: ShapeLike, depth: int, *, buffered: bool = True):
        if type(depth) is not int or depth < 2:
            raise ValueError(f"StreamQueue depth must be an integer of at least 2, not {depth!r}")
        self._width = Shape.cast(shape).width
        self._depth = depth
        self._buffered = buffered
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape))})

    @property
    def depth(self) -> int:
        """Beats that fit."""
        return self._depth

    @property
    def latency(self) -> int:
        """Cycles from taking a beat into the empty queue to offering it."""
        return 2 if self._buffered else 1

    def elaborate(self, platform: object) -> Module:
        m = Module()
        kind = fifo.SyncFIFOBuffered if self._buffered else fifo.SyncFIFO
        m.submodules.fifo = beats = kind(width=self._width, depth=self._depth)
        m.d.comb += [
            beats.w_data.eq(self.i.payload),
            beats.w_en.eq(self.i.valid),
            self.i.ready.eq(beats.w_rdy),
            self.o.payload.eq(beats.r_data),
            self.o.valid.eq(beats.r_rdy),
            beats.r_en.eq(self.o.ready),
        ]
        return m
