"""Monte-Carlo passes of a layer with many beats."""

from amaranth import Const, Module, Mux, Signal, Value, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import Counts
from .pass_counter import PassCounter

__all__ = ["FrameRepeater"]


class FrameRepeater(wiring.Component):
    """Replay of image counts for each pass.

    Each pass has a fresh mask. Everything upstream is computed once per image. A position is sent at the earliest two
    cycles after it was taken, then one a cycle. The counts of the next image replace those that were sent for the last
    time.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of a core whose first layer gives several beats of counts, as a convolution of several positions does
        and a layer whose columns are sensed in groups; for one a :class:`Repeater` suffices.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, config.layers[0])))`
        Counts of all positions of an image. Their tags are ignored.
    o : :py:`Out(stream.Signature(Counts(config, config.layers[0])))`
        The counts of all positions for each pass, tagged.
    mask, demand, passes
        As in :class:`Repeater`.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        self._layer = config.layers[0]
        if self._layer.beats == 1:
            raise ValueError(
                f"FrameRepeater config must begin with a layer of several beats of counts, not {config.name!r}"
            )
        counts = stream.Signature(Counts(config, self._layer))
        members = {"i": In(counts), "o": Out(counts), "passes": In(config.passes_width)}
        if config.stochastic.mask_width:
            members |= {"mask": In(stream.Signature(config.stochastic.mask_width)), "demand": Out(1)}
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        positions = self._layer.beats
        size = self._layer.beat_outputs * self._layer.count_width

        # Writer and reader visit the same addresses. A writer that is an image ahead stays behind the reader.
        write = Signal(range(positions))
        read = Signal(range(positions))
        ahead = Signal()
        last_position = Signal()
        take = Signal()
        there = Signal()
        free = Signal()
        issue = Signal()
        finish = Signal()
        m.submodules.counter = counter = PassCounter(self._config)
        last = counter.last
        m.d.comb += [
            counter.step.eq(issue & last_position),
            counter.passes.eq(self.passes),
            self.i.ready.eq(~ahead | (last & (write < read))),
            take.eq(self.i.valid & self.i.ready),
            there.eq(ahead | (read < write)),
            last_position.eq(read == positions - 1),
            free.eq(~self.o.valid | self.o.ready),
            finish.eq(counter.step & last),
        ]
        with m.If(take):
            m.d.sync += write.eq(Mux(write == positions - 1, 0, write + 1))
        with m.If(take & (write == positions - 1)):
            m.d.sync += ahead.eq(1)
        with m.Elif(finish):
            m.d.sync += ahead.eq(0)

        drawn: Value = Const(1)
        if self._config.stochastic.mask_width:
            first_position = read == 0
            drawn = self.mask.valid | ~first_position
            m.d.comb += [self.demand.eq(there & first_position), self.mask.ready.eq(there & free & first_position)]
            with m.If(issue & first_position):
                m.d.sync += self.o.p.tag.mask.eq(self.mask.payload)
        m.d.comb += issue.eq(there & free & drawn)
        with m.If(issue):
            m.d.sync += [self.o.valid.eq(1), self.o.p.tag.last.eq(last), read.eq(Mux(last_position, 0, read + 1))]
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)

        m.submodules.counts = counts = memory.Memory(shape=unsigned(size), depth=max(2, positions), init=[])
        reader, writer = counts.read_port(), counts.write_port()
        m.d.comb += [
            reader.addr.eq(read),
            reader.en.eq(issue),
            self.o.p.planes.eq(reader.data),
            writer.addr.eq(write),
            writer.data.eq(self.i.p.planes.as_value()),
            writer.en.eq(take),
        ]
        return m
