"""Votes of the passes for each class."""

from amaranth import Module, Mux, Signal, signed, unsigned
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import Logit, index_width

__all__ = ["Votes"]


class Votes(wiring.Component):
    """Counter of the votes for each class.

    A pass votes for the class with the largest logit. Where passes have weights, each counts as often as it weighs.
    Takes a logit a cycle; a pass is counted two cycles after its last logit was taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    take : :py:`In(1)`
        Take ``beat``.
    beat : :py:`In(Logit(config))`
        A logit: the classes of a pass in order, the passes of an input one after the other.
    final : :py:`In(1)`
        The logit is the last of its pass.
    first : :py:`In(1)`
        The logit is of the first pass of its input.
    clear, cleared : :py:`In(1)`, :py:`In(index_width(classes))`
        The class has no votes, unless a pass is counted in this cycle.
    weight : :py:`In(pass_weight_width)`
        Weight of a pass, in the cycle after its last logit. Only where passes have weights.
    fetch, index : :py:`In(1)`, :py:`In(index_width(classes))`
        Read the votes of a class. Only while no pass is counted.
    o : :py:`Out(pass_weight_width)`
        The votes that were read, in the next cycle.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        index = index_width(config.network.classes)
        super().__init__(
            {
                "take": In(1),
                "beat": In(Logit(config)),
                "final": In(1),
                "first": In(1),
                "clear": In(1),
                "cleared": In(index),
                **({"weight": In(config.pass_weight_width)} if config.passes_weighted else {}),
                "fetch": In(1),
                "index": In(index),
                "o": Out(config.pass_weight_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        beat, width = self.beat, self._config.pass_weight_width
        m.submodules.counters = counters = memory.Memory(
            shape=unsigned(width), depth=self._config.network.classes, init=[]
        )
        reader, writer = counters.read_port(), counters.write_port()

        # The winner of a pass is known when its final class is taken; its counter is read in the next cycle and written
        # in the one after, before another pass can end.
        best = Signal(signed(self._config.logits.width))
        leader = Signal(index_width(self._config.network.classes))
        winner = Signal.like(leader)
        counting = Signal()
        counted = Signal()
        counting_first = Signal()
        counted_first = Signal()
        voted = Signal.like(leader)
        votes = Signal(width, init=1)
        m.d.comb += winner.eq(Mux((beat.index == 0) | (beat.value > best), beat.index, leader))
        with m.If(self.take):
            m.d.sync += leader.eq(winner)
            with m.If((beat.index == 0) | (beat.value > best)):
                m.d.sync += best.eq(beat.value)
        m.d.sync += [
            counting.eq(self.take & self.final),
            counting_first.eq(self.first),
            counted.eq(counting),
            counted_first.eq(counting_first),
            voted.eq(leader),
        ]
        if self._config.passes_weighted:
            m.d.sync += votes.eq(self.weight)
        with m.If(counted):
            m.d.comb += [
                writer.en.eq(1),
                writer.addr.eq(voted),
                writer.data.eq(Mux(counted_first, 0, reader.data) + votes),
            ]
        with m.Elif(self.clear):
            m.d.comb += [writer.en.eq(1), writer.addr.eq(self.cleared)]
        m.d.comb += [
            reader.en.eq(counting | self.fetch),
            reader.addr.eq(Mux(self.fetch, self.index, leader)),
            self.o.eq(reader.data),
        ]

        return m
