"""Proofs of the source of randomness."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ..config import CoreConfig
from ..layouts import index_width
from ..stochastic_unit import StochasticUnit
from .bench import Bench
from .claims import claim_kept, implies, transferred
from .geometries import padded, smallest, tiny
from .internals import Internals
from .lfsr import shifted
from .proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic_unit.StochasticUnit`."""
    for config in (smallest(), padded(), tiny()):
        yield Proof(
            block="stochastic_unit",
            name=config.name,
            claim="mask bit l is 0 exactly where its draw is below code l; draws are used in order, one per hidden "
            "layer, and only when a mask is wanted; the stream keeps valid and payload until taken or reseeded",
            sizes=f"`{config.name}`: {config.mask_width} layers, {config.random.lfsr_width} stages, "
            f"k = {config.random.draw_bits}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                StochasticUnit(config), lambda m, dut, internals: _masks(config, m, dut, internals)
            ),
        )


def _masks(config: CoreConfig, m: Module, dut: StochasticUnit, internals: Internals) -> None:
    reseeded = dut.load & dut.seed.any()
    claim_kept(m, dut.o, withdrawn=reseeded)

    # The same in one piece: a register, how many draws the mask has, and its bits so far.
    random, layers = config.random, config.mask_width
    state = Signal(random.lfsr_width, init=random.seed)
    drawn = Signal(range(layers + 1))
    mask = Signal(layers)
    draws = Signal()
    following = shifted(m, state, random)
    m.d.comb += draws.eq(dut.demand & (drawn != layers))
    with m.If(reseeded):
        m.d.sync += [state.eq(dut.seed), drawn.eq(0)]
    with m.Else():
        m.d.sync += state.eq(Mux(draws, following, state))
        m.d.sync += drawn.eq(Mux(draws, drawn + 1, Mux(transferred(dut.o), 0, drawn)))
    for layer, code in enumerate(dut.codes):
        with m.If(draws & (drawn == layer)):
            m.d.sync += mask[layer].eq(following[: random.draw_bits] >= code)

    m.d.comb += [
        Assert(dut.o.valid == (drawn == layers)),
        Assert(implies(dut.o.valid, dut.o.payload == mask)),
        # What is known of the state.
        Assert(internals["lfsr"].signal("state") == state),
        Assert(internals.signal("index") == Mux(drawn == layers, 0, drawn)[: index_width(layers)]),
        Assert(drawn <= layers),
        Cover(transferred(dut.o) & (mask == 0)),
        Cover(transferred(dut.o) & mask.all()),
    ]
    for layer in range(layers):
        m.d.comb += Assert(implies(drawn > layer, dut.o.payload[layer] == mask[layer]))
