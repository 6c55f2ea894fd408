"""Proofs of the Monte-Carlo statistics."""

from collections.abc import Iterator, Sequence

from amaranth import Const, Module, Mux, Signal, Value, signed
from amaranth.hdl import Assert, Assume, Cover
from amaranth.lib import data

from ...config import CoreConfig
from ...config.geometries import geometry
from ...results import ClassMoments, Statistics
from ...streams import Logit, index_width
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Bits by which the reference sums are wider than the block's.
_SPARE = 2

#: States of the block between the last logit of an input and its results, a cycle each but the last.
_FINISHING = ("ADD", "COUNT", "FETCH", "GIVE")


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.results.Statistics`."""
    for config in (geometry("two_passes"), geometry("padded_small")):
        classes = config.network.classes
        yield Proof(
            block="statistics",
            name=config.name,
            claim="sums, sums of squares, votes and the winner are those of the logits taken, without overflow; the "
            "lowest index wins among equals; each class is given out once, in order, the first four cycles after the "
            "last logit; the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: {classes} classes, logits of {config.logits.width} bits, any number of passes "
            f"up to {config.bayes.max_passes}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                Statistics(config), lambda m, dut, internals: _Reference(config, m, dut).claim(internals)
            ),
            cover_depth=3 * classes + len(_FINISHING) + 3,
            fast=config is geometry("two_passes"),
        )


class _Reference:
    """The statistics as docs/numerics.md#statistics has them: a logit votes in the cycle after it was taken, and
    is added in the next.
    """

    def __init__(self, config: CoreConfig, m: Module, dut: Statistics):
        self._config, self._m, self._dut = config, m, dut
        self._classes = config.network.classes
        self._follow_input()
        self._follow_output()

    def claim(self, internals: Internals) -> None:
        """Claim that the block sends the same."""
        self._sum_up(internals)
        self._claim_results()
        self._know_memories(internals)
        self._know_leaders(internals)
        self._know_progress(internals)

    def _follow_input(self) -> None:
        """Assume classes in order, and `last` with all of the final pass, which is not too late."""
        m, dut = self._m, self._dut
        self.expected, self.passed = Signal(range(self._classes)), Signal(range(max(2, self._config.bayes.max_passes)))
        self.last, self.taken, self.added, self.written = Signal(), Signal(), Signal(), Signal()
        self.logit, self.beat = Signal(Logit(self._config)), Signal(Logit(self._config))
        self.written_index = Signal.like(self.beat.index)
        final_class = self.expected == self._classes - 1
        takes = transferred(dut.i)
        assume_kept(m, dut.i)
        m.d.comb += [
            Assume(dut.i.p.index == self.expected),
            Assume(implies(self.expected != 0, dut.i.p.last == self.last)),
            Assume(implies(self.passed == self._config.bayes.max_passes - 1, dut.i.p.last)),
        ]
        m.d.sync += [self.taken.eq(takes), self.added.eq(self.taken), self.written.eq(self.added)]
        m.d.sync += [self.beat.eq(self.logit), self.written_index.eq(self.beat.index)]
        with m.If(takes):
            m.d.sync += [
                self.logit.eq(dut.i.p),
                self.last.eq(dut.i.p.last),
                self.expected.eq(Mux(final_class, 0, self.expected + 1)),
            ]
            with m.If(final_class):
                m.d.sync += self.passed.eq(Mux(dut.i.p.last, 0, self.passed + 1))
        self.ends_input = takes & final_class & dut.i.p.last

    def _follow_output(self) -> None:
        """Claim that results follow the last logit a fixed number of cycles later, class after class."""
        m, dut = self._m, self._dut
        self.finishing, self.phase = Signal(), Signal(range(len(_FINISHING)))
        self.given = Signal(range(self._classes))
        self.done = Signal()
        m.d.comb += self.done.eq(transferred(dut.o) & (self.given == self._classes - 1))
        with m.If(self.ends_input):
            m.d.sync += [self.finishing.eq(1), self.phase.eq(0)]
        with m.Elif(self.done):
            m.d.sync += self.finishing.eq(0)
        with m.Elif(self.phase != len(_FINISHING) - 1):
            m.d.sync += self.phase.eq(self.phase + 1)
        with m.If(transferred(dut.o)):
            m.d.sync += self.given.eq(Mux(self.done, 0, self.given + 1))

    def _sum_up(self, internals: Internals) -> None:
        m, config, classes = self._m, self._config, range(self._classes)
        # The block's own register, shown below to be the logit: a solver need not compare two multipliers.
        factor = data.View(Logit(config), internals.signal("added")).value
        self.square = Signal(2 * config.logits.width)
        m.d.sync += self.square.eq((factor * factor).as_unsigned())
        self.count = [Signal(range(config.bayes.max_passes + 1), name=f"count_{index}") for index in classes]
        self.sums = [Signal(signed(config.sum_width + _SPARE), name=f"sum_{index}") for index in classes]
        self.squares = [Signal(config.square_width + _SPARE, name=f"square_{index}") for index in classes]
        self.votes = [Signal(config.passes_width + _SPARE, name=f"votes_{index}") for index in classes]
        values = [Signal(signed(config.logits.width), name=f"value_{index}") for index in classes]
        for index in classes:
            with m.If(self.done):
                m.d.sync += [total[index].eq(0) for total in (self.count, self.sums, self.squares)]
            with m.Elif(self.added & (self.beat.index == index)):
                m.d.sync += [
                    self.count[index].eq(self.count[index] + 1),
                    self.sums[index].eq(self.sums[index] + self.beat.value),
                    self.squares[index].eq(self.squares[index] + self.square),
                ]
        taken = [self.taken & (self.logit.index == index) for index in classes]
        for value, now in zip(values, taken, strict=True):
            with m.If(now):
                m.d.sync += value.eq(self.logit.value)
        current = [Mux(now, self.logit.value, value) for value, now in zip(values, taken, strict=True)]
        #: Logits taken of each class, added or not.
        self.total = [self.count[index] + taken[index] + (self.added & (self.beat.index == index)) for index in classes]
        self.pass_leaders = _leaders(m, current)
        self.sum_leaders = _leaders(m, self.sums)
        self.ends_pass = self.taken & (self.logit.index == self._classes - 1)
        for index in classes:
            winner, _ = self.pass_leaders[-1]
            with m.If(self.done):
                m.d.sync += self.votes[index].eq(0)
            with m.Elif(self.ends_pass & (winner == index)):
                m.d.sync += self.votes[index].eq(self.votes[index] + 1)

    def _claim_results(self) -> None:
        m, result = self._m, self._dut.o.p
        claim_kept(m, self._dut.o)
        winner, _ = self.sum_leaders[-1]
        m.d.comb += [
            Assert(self._dut.i.ready == ~self.finishing),
            Assert(self._dut.o.valid == (self.finishing & (self.phase == len(_FINISHING) - 1))),
            Assert(self._dut.done == self.done),
            Assert(implies(self._dut.o.valid, (result.index == self.given) & (result.winner == winner))),
            Cover(self.done & (result.winner != 0) & (result.votes == 2)),
            Cover(self.done & (result.sum == self._config.logits.lowest)),
        ]
        for index in range(self._classes):
            shown = self._dut.o.valid & (self.given == index)
            m.d.comb += [
                Assert(implies(shown, result.sum == self.sums[index])),
                Assert(implies(shown, result.square == self.squares[index])),
                Assert(implies(shown, result.votes == self.votes[index])),
            ]

    def _know_memories(self, internals: Internals) -> None:
        """Assert that the memories hold the added logits; a vote is written a cycle late."""
        m, config = self._m, self._config
        moments, voting = internals["moments"], internals["voting"]
        layout = ClassMoments(config)
        counted, voted = voting.signal("counted"), voting.signal("voted")
        read = data.View(layout, moments.signal("old"))
        for index in range(self._classes):
            address = Const(index, index_width(self._classes))
            stored, votes = (
                data.View(layout, moments.word("sums", address)),
                voting.word("counters", address),
            )
            seen = self.count[index] != 0
            is_sum = (stored.sum == self.sums[index]) & (stored.square == self.squares[index])
            is_old = (read.sum == self.sums[index]) & (read.square == self.squares[index])
            here = self.added & (self.beat.index == index)
            begun = seen | here
            half = config.logits.width - 1
            m.d.comb += [
                Assert(implies(seen, is_sum)),
                Assert(implies(here, is_old & (moments.signal("adding_first") == ~seen))),
                Assert(implies(self.taken & (self.logit.index == index), internals.signal("adding_first") == ~begun)),
                Assert(implies(begun, self.votes[index] == votes + (counted & (voted == index)))),
                Assert(implies(~seen, (self.sums[index] == 0) & (self.squares[index] == 0))),
                Assert(implies(~begun, self.votes[index] == 0)),
                Assert(
                    implies(
                        counted & (voted == index) & ~voting.signal("counted_first"),
                        self._dut.o.p.votes == votes,
                    )
                ),
                Assert(implies(counted & (voted == index) & voting.signal("counted_first"), votes == 0)),
                # Why nothing overflows.
                Assert(self.sums[index] <= (self.count[index] << half)),
                Assert(-self.sums[index] <= (self.count[index] << half)),
                Assert(self.squares[index] <= (self.count[index] << 2 * half)),
            ]
            total = self.total[index]
            so_far = self.passed + (index < self.expected)
            m.d.comb += Assert(Mux(self.finishing, (total != 0) & (total <= config.bayes.max_passes), total == so_far))

    def _know_leaders(self, internals: Internals) -> None:
        """Assert that the leaders are those of the classes so far; a sum is compared a cycle after it was written."""
        m, dut = self._m, self._dut
        moments, voting = internals["moments"], internals["voting"]
        # The class that each of the stages is to have next.
        to_add = Mux(self.taken, self.logit.index, self.expected)
        to_write = Mux(self.added, self.beat.index, to_add)
        to_compare = Mux(self.written, self.written_index, to_write)
        stages = (
            (self.taken, self.logit.index, self.expected),
            (self.added, self.beat.index, to_add),
            (self.written, self.written_index, to_write),
        )
        for valid, index, following in stages:
            m.d.comb += Assert(implies(valid, index < self._classes))
            m.d.comb += Assert(implies(valid, following == Mux(index == self._classes - 1, 0, index + 1)))
        for index in range(self._classes):
            following = (index + 1) % self._classes
            winner, best = self.pass_leaders[index]
            taken = (self.expected == following) & (self.total[index] != 0)
            m.d.comb += Assert(implies(taken, (voting.signal("leader") == winner) & (voting.signal("best") == best)))
            winner, best = self.sum_leaders[index]
            # With the first class of another pass the comparison restarts.
            compared = (to_compare == following) & (self.count[index] != 0) & ~(self.written & (following == 0))
            m.d.comb += [
                Assert(implies(compared, (dut.o.p.winner == winner) & (moments.signal("best_sum") == best))),
                Assert(
                    implies(
                        self.written & (self.written_index == index),
                        moments.signal("written_sum") == self.sums[index],
                    )
                ),
            ]

    def _know_progress(self, internals: Internals) -> None:
        m = self._m
        moments, voting = internals["moments"], internals["voting"]
        winner, _ = self.pass_leaders[-1]
        counted = past(m, self.ends_pass)
        # Each pass has one vote, so no class has more votes than there are passes.
        passes = self.count[-1] + counted
        m.d.comb += Assert(sum(self.votes[1:], self.votes[0]) == passes)
        for votes in self.votes:
            m.d.comb += Assert(votes <= passes)
        first = self.count[-1] == 0
        m.d.comb += [
            Assert(internals.signal("adding") == self.taken),
            Assert(implies(self.taken, internals.signal("added") == self.logit.as_value())),
            Assert(moments.signal("adding") == self.added),
            Assert(implies(self.added, moments.signal("added") == self.beat.as_value())),
            Assert(implies(self.added, moments.signal("square") == self.square)),
            Assert(implies(self.added, self.square <= 1 << 2 * (self._config.logits.width - 1))),
            Assert(moments.signal("written") == self.written),
            Assert(implies(self.written, moments.signal("written_index") == self.written_index)),
            Assert(internals.signal("first_pass") == (self.passed == 0)),
            Assert(voting.signal("counting") == self.ends_pass),
            Assert(implies(self.ends_pass, voting.signal("counting_first") == first)),
            Assert(voting.signal("counted") == counted),
            Assert(implies(counted, voting.signal("counted_first") == past(m, first))),
            Assert(implies(counted, voting.signal("voted") == past(m, winner))),
            Assert((self.expected < self._classes) & (self.given < self._classes)),
            Assert(self.passed < self._config.bayes.max_passes),
            Assert(internals.in_state("TAKE") == ~self.finishing),
            Assert(implies(self.finishing, (self.expected == 0) & (self.passed == 0))),
            Assert(implies((self.ends_pass | counted) & ~self.finishing, self.passed != 0)),
            Assert(counted == (self.added & (self.beat.index == self._classes - 1))),
            Assert(implies(self.given != 0, self._dut.o.valid)),
        ]
        for phase, state in enumerate(_FINISHING):
            now = self.finishing & (self.phase == phase)
            m.d.comb += [
                Assert(internals.in_state(state) == now),
                Assert(implies(now, self.ends_pass if state == "ADD" else ~self.taken)),
                Assert(implies(now, counted == (state == "COUNT"))),
            ]
            # The stages become empty in order.
            if state != "ADD":
                m.d.comb += Assert(implies(now, self.added == counted))
            if state not in {"ADD", "COUNT"}:
                m.d.comb += Assert(implies(now, self.written == (state == "FETCH")))


def _leaders(m: Module, values: Sequence[Value]) -> list[tuple[Signal, Signal]]:
    """Return, for each index, index and value of the largest value up to it, the first among equals."""
    leaders: list[tuple[Signal, Signal]] = []
    for index, value in enumerate(values):
        leader, best = Signal(range(max(2, len(values)))), Signal(Value.cast(value).shape())
        if leaders:
            leader_before, best_before = leaders[-1]
            m.d.comb += leader.eq(Mux(value > best_before, index, leader_before))
            m.d.comb += best.eq(Mux(value > best_before, value, best_before))
        else:
            m.d.comb += best.eq(value)
        leaders.append((leader, best))
    return leaders
