"""Proofs of packet output."""

from collections.abc import Iterator

from amaranth import Module, Signal, Value
from amaranth.hdl import Assert, Cover

from ...axi import PacketOutput
from ...config import CoreConfig
from ...config.geometries import geometry
from ...streams import Logit, Result
from ..bench import Bench
from ..claims import assume_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.axi.PacketOutput`."""
    config = geometry("tiny")
    for layout in (Logit, Result):
        yield Proof(
            block="packet_output",
            name=layout.__name__.lower(),
            claim="each beat is sent once, unchanged and in order; a packet ends with the last class, of logits in "
            "the last pass; the bus keeps valid, data and end until taken",
            sizes=f"`{config.name}`: {layout.__name__}",
            method=Method.INDUCTION,
            bench=lambda layout=layout: Bench(  # type: ignore[misc]
                PacketOutput(config, layout(config)), lambda m, dut, _: _packets(config, m, dut, _)
            ),
        )


def _packets(config: CoreConfig, m: Module, dut: PacketOutput, _: Internals) -> None:
    bus, beat = dut.bus, dut.i.p
    assume_kept(m, dut.i)
    sent = Signal()
    expected, ends = Signal.like(Value.cast(beat)), Signal()
    with m.If(transferred(dut.i)):
        final = beat.index == config.network.classes - 1
        if "last" in dut.i.payload.shape().members:
            final &= beat.last
        m.d.sync += [sent.eq(1), expected.eq(beat.as_value()), ends.eq(final)]
    with m.Elif(bus.tready):
        m.d.sync += sent.eq(0)
    waited = past(m, bus.tvalid & ~bus.tready)
    m.d.comb += [
        Assert(dut.i.ready == (~sent | bus.tready)),
        Assert(bus.tvalid == sent),
        Assert(implies(sent, (bus.tdata == expected) & (bus.tlast == ends))),
        Assert(implies(waited, bus.tvalid & (bus.tdata == past(m, bus.tdata)) & (bus.tlast == past(m, bus.tlast)))),
        Cover(bus.tvalid & bus.tready & bus.tlast & transferred(dut.i)),
    ]
