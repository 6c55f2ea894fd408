"""Monte-Carlo statistics of each input."""

from amaranth import Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams.layouts import ClassStatistics, Logit, index_width

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
        classes = self._config.network.classes
        moments = data.StructLayout({"sum": signed(self._config.sum_width), "square": self._config.square_width})

        m.submodules.moments = moment_memory = memory.Memory(shape=moments, depth=classes, init=[])
        m.submodules.votes = vote_memory = memory.Memory(
            shape=unsigned(self._config.pass_weight_width), depth=classes, init=[]
        )
        moment_reader, moment_writer = moment_memory.read_port(), moment_memory.write_port()
        vote_reader, vote_writer = vote_memory.read_port(), vote_memory.write_port()

        take = Signal()
        beat = self.i.p
        final_class = Signal()
        m.d.comb += [take.eq(self.i.valid & self.i.ready), final_class.eq(beat.index == classes - 1)]

        # Sums: a logit is squared in the cycle after it was taken while its class's moments are read; they are written
        # in the next. A class recurs at the earliest two cycles later, and reads the written values.
        first_pass = Signal(init=1)
        squaring = Signal()
        squaring_first = Signal()
        squared = Signal(Logit(self._config))
        fetching = Signal()
        fetched = Signal.like(squared)
        adding = Signal()
        adding_first = Signal()
        added = Signal(Logit(self._config))
        square = Signal(2 * self._config.logits.width)
        term = Signal(moments)
        old = Signal(moments)
        new = Signal(moments)
        m.d.comb += [
            old.eq(Mux(adding_first, 0, moment_reader.data.as_value())),
            new.sum.eq(old.sum + term.sum),
            new.square.eq(old.square + term.square),
            moment_writer.en.eq(adding),
            moment_writer.addr.eq(added.index),
            moment_writer.data.eq(new),
        ]
        m.d.sync += [
            squaring.eq(take),
            adding.eq(fetching),
            added.eq(fetched),
            square.eq(squared.value * squared.value),
        ]
        if self._config.passes_weighted:
            fetching_first = Signal()
            m.d.sync += [
                fetching.eq(squaring),
                fetching_first.eq(squaring_first),
                fetched.eq(squared),
                adding_first.eq(fetching_first),
                term.sum.eq(fetched.value * fetched.weight),
                term.square.eq(square * fetched.weight),
            ]
        else:
            m.d.comb += [fetching.eq(squaring), fetched.eq(squared), term.sum.eq(added.value), term.square.eq(square)]
            m.d.sync += adding_first.eq(squaring_first)
        with m.If(take):
            m.d.sync += [squared.eq(beat), squaring_first.eq(first_pass)]
            with m.If(final_class):
                m.d.sync += first_pass.eq(beat.last)

        # Votes: the winner of a pass is known when its final class is taken; its counter is read in
        # the next cycle and written in the one after, before another pass can end.
        best = Signal(signed(self._config.logits.width))
        leader = Signal(index_width(classes))
        winner = Signal.like(leader)
        counting = Signal()
        counted = Signal()
        counting_first = Signal()
        counted_first = Signal()
        voted = Signal.like(leader)
        votes = Signal(self._config.pass_weight_width, init=1)
        m.d.comb += winner.eq(Mux((beat.index == 0) | (beat.value > best), beat.index, leader))
        with m.If(take):
            m.d.sync += leader.eq(winner)
            with m.If((beat.index == 0) | (beat.value > best)):
                m.d.sync += best.eq(beat.value)
        m.d.sync += [
            counting.eq(take & final_class),
            counting_first.eq(first_pass),
            counted.eq(counting),
            counted_first.eq(counting_first),
            voted.eq(leader),
        ]
        if self._config.passes_weighted:
            m.d.sync += votes.eq(squared.weight)
        with m.If(counted):
            m.d.comb += [
                vote_writer.en.eq(1),
                vote_writer.addr.eq(voted),
                vote_writer.data.eq(Mux(counted_first, 0, vote_reader.data) + votes),
            ]
        with m.Elif(squaring & squaring_first):
            m.d.comb += [vote_writer.en.eq(1), vote_writer.addr.eq(squared.index)]

        # The winner of the input is known a cycle after the final sums are written.
        written = Signal()
        written_index = Signal.like(added.index)
        written_sum = Signal.like(new.sum)
        best_sum = Signal.like(new.sum)
        m.d.sync += [written.eq(adding), written_index.eq(added.index), written_sum.eq(new.sum)]
        with m.If(written & ((written_index == 0) | (written_sum > best_sum))):
            m.d.sync += [best_sum.eq(written_sum), self.o.p.winner.eq(written_index)]

        index = Signal(index_width(classes))
        following = Signal.like(index)
        fetch = Signal()
        m.d.comb += [
            moment_reader.en.eq(fetching | fetch),
            moment_reader.addr.eq(Mux(fetch, following, fetched.index)),
            vote_reader.en.eq(counting | fetch),
            vote_reader.addr.eq(Mux(fetch, following, leader)),
            self.o.p.sum.eq(moment_reader.data.sum),
            self.o.p.square.eq(moment_reader.data.square),
            self.o.p.votes.eq(vote_reader.data),
            self.o.p.index.eq(index),
        ]
        with m.If(fetch):
            m.d.sync += index.eq(following)

        with m.FSM():
            with m.State("TAKE"):
                m.d.comb += self.i.ready.eq(1)
                with m.If(take & final_class & beat.last):
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
                    with m.If(index == classes - 1):
                        m.d.comb += self.done.eq(1)
                        m.next = "TAKE"
                    with m.Else():
                        m.d.comb += [fetch.eq(1), following.eq(index + 1)]

        return m
