"""Proofs of masks and their weights."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...passes import MaskSequencer
from ..bench import Bench
from ..claims import assume_kept, claim_kept, counted, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Inputs that may be started and not done: the capacity of the stages of the core upstream.
_WAITING = 8


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.passes.MaskSequencer`."""
    for config in (geometry("prefix_1"), geometry("prefix_2")):
        yield Proof(
            block="mask_sequencer",
            name=config.name,
            claim="for each input that was started the weights of the masks that occur are given in order, none of "
            "them 0, and then these masks; a weight is how often the mask was drawn, of as many as there are passes, "
            "or, in the exact mode, in which none is drawn, the product of the probabilities of its bits; they sum to "
            "the passes or to 1; both streams keep valid and payload until taken",
            sizes=f"`{config.name}`: {config.stochastic.masks} masks, codes of {config.random.draw_bits} bits, any "
            f"number of passes up to {config.bayes.max_passes}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                MaskSequencer(config), lambda m, dut, internals: _Reference(config, m, dut).claim(internals)
            ),
            cover_depth=config.stochastic.masks * (config.stochastic.mask_width + 1) + 4,
            fast=config.stochastic.mask_width == 1,
        )


class _Reference:
    """Reference of docs/numerics.md#pass-weights.

    Drawn masks are counted, probabilities are multiplied.
    """

    def __init__(self, config: CoreConfig, m: Module, dut: MaskSequencer):
        self._config, self._m, self._dut = config, m, dut
        self._assume_ports()
        done, masks = transferred(dut.o), range(config.stochastic.masks)
        self.drawn = [counted(m, self._draws(place), dut.passes.shape(), clear=done) for place in masks]
        self.products = [self._product(place, config.stochastic.mask_width) for place in masks]
        self.weights = [Signal(config.pass_weight_width, name=f"weight_{place}") for place in masks]
        for weight, count, product in zip(self.weights, self.drawn, self.products, strict=True):
            m.d.comb += weight.eq(Mux(dut.exact, product, count))
        #: Sum of the weights that were sent, and the first place whose weight was not.
        self.given, self.following = Signal(config.pass_weight_width + 1), Signal(range(config.stochastic.masks + 1))
        self.next_place, self.next_weight = self._following()
        with m.If(done):
            m.d.sync += [self.given.eq(0), self.following.eq(0)]
        with m.Elif(transferred(dut.weights)):
            m.d.sync += [self.given.eq(self.given + dut.weights.payload), self.following.eq(self.next_place + 1)]

    def claim(self, internals: Internals) -> None:
        """Claim that the block sends the same."""
        m, dut, config = self._m, self._dut, self._config
        claim_kept(m, dut.weights)
        claim_kept(m, dut.o)
        drawn = sum(self.drawn[1:], self.drawn[0])
        total = Mux(dut.exact, config.exact_weight_total, dut.passes)
        occurring = Cat(weight != 0 for weight in self.weights)
        complete = dut.exact | (drawn == dut.passes)
        m.d.comb += [
            Assert(dut.demand == dut.mask.ready),
            Assert(implies(dut.mask.ready, ~dut.exact & (drawn < dut.passes))),
            Assert(implies(dut.weights.valid, complete & (dut.weights.payload == self.next_weight))),
            Assert(implies(dut.weights.valid, dut.weights.payload != 0)),
            Assert(implies(dut.o.valid, complete & (dut.o.payload == occurring) & dut.o.payload.any())),
            Assert(implies(dut.o.valid, (self.next_weight == 0) & (self.given == total))),
            Assert(implies(dut.o.valid | dut.weights.valid, self.waiting != 0)),
            Cover(dut.o.valid & dut.exact & (dut.codes[0] == 0)),
            Cover(dut.o.valid & ~dut.exact & (dut.passes == config.bayes.max_passes) & (self.weights[0] == 2)),
        ]
        self._know(internals, drawn)

    def _assume_ports(self) -> None:
        m, dut, config = self._m, self._dut, self._config
        assume_kept(m, dut.mask)
        self.waiting = Signal(range(_WAITING + 1))
        m.d.sync += self.waiting.eq(self.waiting + dut.started - transferred(dut.o))
        m.d.comb += [
            Assume(implies(dut.started, self.waiting != _WAITING)),
            Assume((dut.passes != 0) & (dut.passes <= config.bayes.max_passes)),
        ]
        stable = past(m, self.waiting != 0)
        for port in (dut.passes, dut.exact, *dut.codes):
            m.d.comb += Assume(implies(stable, port == past(m, port)))

    def _draws(self, place: int) -> Value:
        """Return whether the mask of a place is taken; the bit of the first layer is the highest of the place."""
        reversed_bits = Cat(reversed(self._dut.mask.payload))
        return transferred(self._dut.mask) & (reversed_bits == place)

    def _product(self, place: int, bits: int) -> Value:
        """Return the probability of the first ``bits`` bits of the mask of a place."""
        config, product = self._config, Signal(self._config.pass_weight_width)
        value: Value = Signal.like(product, init=1)
        for index in range(bits):
            kept = place >> config.stochastic.mask_width - 1 - index & 1
            code = self._dut.codes[index]
            value = (value * ((1 << config.random.draw_bits) - code if kept else code))[: len(product)]
        self._m.d.comb += product.eq(value)
        return product

    def _following(self) -> tuple[Signal, Signal]:
        """Return the next place with a weight, and that weight, or 0."""
        place, weight = Signal(range(self._config.stochastic.masks)), Signal(self._config.pass_weight_width)
        for index in reversed(range(self._config.stochastic.masks)):
            with self._m.If((index >= self.following) & (self.weights[index] != 0)):
                self._m.d.comb += [place.eq(index), weight.eq(self.weights[index])]
        return place, weight

    def _know(self, internals: Internals, drawn: Value) -> None:
        """Assert the inductive invariants."""
        m, dut, config = self._m, self._dut, self._config
        idle, drawing, listing, multiplying, weighing, giving = (
            internals.in_state(state) for state in ("WAIT", "DRAW", "LIST", "MULTIPLY", "WEIGH", "GIVE")
        )
        place, bit = internals.signal("place"), internals.signal("bit")
        running = listing | multiplying | weighing
        m.d.comb += [
            Assert(idle | drawing | running | giving),
            Assert((internals.signal("waiting") == self.waiting) & (self.waiting <= _WAITING)),
            Assert(idle | (self.waiting != 0)),
            Assert(implies(idle | drawing, (self.following == 0) & (self.given == 0))),
            Assert(implies(idle | dut.exact, drawn == 0)),
            Assert(implies(drawing | listing, ~dut.exact)),
            Assert(implies(multiplying | weighing, dut.exact)),
            Assert(implies(drawing, (internals.signal("number") == drawn + 1) & (drawn < dut.passes))),
            Assert(implies(drawing, (place == 0) & ~dut.o.payload.any())),
            Assert(implies(listing | (giving & ~dut.exact), drawn == dut.passes)),
            Assert(implies(multiplying, bit < config.stochastic.mask_width)),
            Assert(implies(weighing, bit == config.stochastic.mask_width)),
            Assert(implies(running, self.following <= place)),
            Assert(drawn <= dut.passes),
        ]
        weight = internals.signal("weight")
        for index, (count, own) in enumerate(zip(internals.signals("count"), self.drawn, strict=True)):
            m.d.comb += Assert(implies(drawing | listing, count == own))
            occurs = self.weights[index] != 0
            # Listed: no place was skipped.
            listed = giving | (running & (place > index))
            m.d.comb += [
                Assert(implies(listed, dut.o.payload[index] == occurs)),
                Assert(implies(running & (place <= index), ~dut.o.payload[index])),
                Assert(implies(listed & (index >= self.following), ~occurs)),
            ]
            for bits in range(config.stochastic.mask_width + 1):
                here = (multiplying | weighing) & (place == index) & (bit == bits)
                m.d.comb += Assert(implies(here, weight == self._product(index, bits)))
        first, *others = (Mux(index < self.following, each, 0) for index, each in enumerate(self.weights))
        m.d.comb += Assert(self.given == sum(others, first))
