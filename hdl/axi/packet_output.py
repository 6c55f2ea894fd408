"""Beats as packets."""

from amaranth import Module
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from .axi import AxiStream, stream_width

__all__ = ["PacketOutput"]


class PacketOutput(wiring.Component):
    """Sender of one packet per input.

    Registered: a beat is valid in the cycle after it was taken. One beat a cycle. No output of the bus
    depends combinationally on an input of it.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layout : :class:`~amaranth.lib.data.StructLayout`
        Beats with a member ``index``, the class, and perhaps a member ``last``, set in the last pass.

    Members
    -------
    i : :py:`In(stream.Signature(layout))`
        Beats.
    bus : :py:`Out(AxiStream(…))`
        Packets. The beat is in the lowest bits of ``tdata``; the others are 0.
    """

    def __init__(self, config: CoreConfig, layout: data.StructLayout):
        self._config = config
        self._layout = layout
        super().__init__({"i": In(stream.Signature(layout)), "bus": Out(AxiStream(stream_width(layout.size)))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        beat = self.i.p
        ends = beat.index == self._config.network.classes - 1
        if "last" in self._layout.members:
            ends &= beat.last
        m.d.comb += self.i.ready.eq(~self.bus.tvalid | self.bus.tready)
        with m.If(self.i.ready):
            m.d.sync += [
                self.bus.tvalid.eq(self.i.valid),
                self.bus.tdata.eq(beat.as_value()),
                self.bus.tlast.eq(ends),
            ]
        return m
