"""Monte-Carlo statistics of the passes of an input."""

from amaranth import Module, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import ClassStatistics, Logit, index_width
from .moments import Moments
from .votes import Votes

__all__ = ["Statistics"]


class Statistics(wiring.Component):
    """Statistics of classes over an input's passes.

    Sums, sums of squares, votes and the winner. Where passes have weights, each counts with its weight. Takes a logit a
    cycle; after the last of an input it takes none while the results are sent, one class a cycle from four cycles
    later, or five with weights.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    i : :py:`In(stream.Signature(Logit(config)))`
        Logits: the classes of a pass in order, the passes of an input one after the other.
    o : :py:`Out(stream.Signature(ClassStatistics(config)))`
        As many beats as classes for each input.
    done : :py:`Out(1)`
        The last beat of an input is being taken.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(Logit(config))),
                "o": Out(stream.Signature(ClassStatistics(config))),
                "done": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        classes, beat = self._config.network.classes, self.i.p
        m.submodules.moments = moments = Moments(self._config)
        m.submodules.voting = votes = Votes(self._config)

        # A logit votes when it is taken, and is added in the next cycle.
        take = Signal()
        final_class = Signal()
        first_pass = Signal(init=1)
        adding = Signal()
        adding_first = Signal()
        added = Signal(Logit(self._config))
        m.d.comb += [take.eq(self.i.valid & self.i.ready), final_class.eq(beat.index == classes - 1)]
        m.d.sync += adding.eq(take)
        with m.If(take):
            m.d.sync += [added.eq(beat), adding_first.eq(first_pass)]
            with m.If(final_class):
                m.d.sync += first_pass.eq(beat.last)
        m.d.comb += [
            moments.add.eq(adding),
            moments.beat.eq(added),
            moments.first.eq(adding_first),
            votes.take.eq(take),
            votes.beat.eq(beat),
            votes.final.eq(final_class),
            votes.first.eq(first_pass),
            votes.clear.eq(adding & adding_first),
            votes.cleared.eq(added.index),
        ]
        if self._config.passes_weighted:
            m.d.comb += votes.weight.eq(added.weight)
        self._give(m, moments, votes, ends=take & final_class & beat.last)

        return m

    def _give(self, m: Module, moments: Moments, votes: Votes, *, ends: Value) -> None:
        """Take logits until an input ``ends``, wait until all are added, and give the results out."""
        index = Signal(index_width(self._config.network.classes))
        following = Signal.like(index)
        fetch = Signal()
        m.d.comb += [
            *(each.fetch.eq(fetch) for each in (moments, votes)),
            *(each.index.eq(following) for each in (moments, votes)),
            self.o.p.sum.eq(moments.o.sum),
            self.o.p.square.eq(moments.o.square),
            self.o.p.winner.eq(moments.winner),
            self.o.p.votes.eq(votes.o),
            self.o.p.index.eq(index),
        ]
        with m.If(fetch):
            m.d.sync += index.eq(following)

        with m.FSM():
            with m.State("TAKE"):
                m.d.comb += self.i.ready.eq(1)
                with m.If(ends):
                    m.next = "ADD"
            with m.State("ADD"):
                m.next = "WEIGH" if self._config.passes_weighted else "COUNT"
            if self._config.passes_weighted:
                with m.State("WEIGH"):
                    m.next = "COUNT"
            with m.State("COUNT"):
                m.next = "FETCH"
            with m.State("FETCH"):
                m.d.comb += fetch.eq(1)
                m.next = "GIVE"
            with m.State("GIVE"):
                m.d.comb += self.o.valid.eq(1)
                with m.If(self.o.ready):
                    with m.If(index == self._config.network.classes - 1):
                        m.d.comb += self.done.eq(1)
                        m.next = "TAKE"
                    with m.Else():
                        m.d.comb += [fetch.eq(1), following.eq(index + 1)]
