"""Packets of pixels as inputs."""

from amaranth import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import PixelBeat
from .axi import AxiStream, stream_width

__all__ = ["PacketInput"]


class PacketInput(wiring.Component):
    """Receiver of packets of pixels, one input each.

    Reports packets that are too short or too long. The beats of a packet are passed on as they come, so their
    collector must discard them when
    the packet turns out to be wrong: one that ends too early at its last beat, one that is too long
    at the beat at which it should have ended; the rest of it is taken and dropped. A beat is
    passed on in the cycle after it was taken. One beat a cycle. No output of the bus depends
    combinationally on an input of it.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    bus : :py:`In(AxiStream(…))`
        Packets. Bits beyond the pixels of a beat do not matter.
    o : :py:`Out(stream.Signature(PixelBeat(config)))`
        Their beats.
    too_short, too_long : :py:`Out(1)`
        The beats since the last whole packet are none. Nothing is passed on in this cycle.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        beat = PixelBeat(config)
        super().__init__(
            {
                "bus": In(AxiStream(stream_width(beat.size))),
                "o": Out(stream.Signature(beat)),
                "too_short": Out(1),
                "too_long": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()

        held = Signal()
        last = Signal()
        step = Signal()
        pixels = Signal(self.o.payload.shape())
        m.d.comb += [self.bus.tready.eq(~held | step), self.o.payload.eq(pixels)]
        with m.If(self.bus.tready):
            m.d.sync += [held.eq(self.bus.tvalid), last.eq(self.bus.tlast), pixels.eq(self.bus.tdata)]

        index = Signal(range(max(2, self._config.beats_per_input)))
        complete = Signal()
        dropping = Signal()
        wrong = Signal()
        m.d.comb += [
            complete.eq(index == self._config.beats_per_input - 1),
            wrong.eq(held & ~dropping & (complete != last)),
            self.too_short.eq(wrong & last),
            self.too_long.eq(wrong & ~last),
            self.o.valid.eq(held & ~dropping & ~wrong),
            step.eq(dropping | wrong | self.o.ready),
        ]
        with m.If(held & step):
            m.d.sync += [index.eq(index + 1), dropping.eq((dropping | self.too_long) & ~last)]
            with m.If(last | wrong | dropping):
                m.d.sync += index.eq(0)

        return m
