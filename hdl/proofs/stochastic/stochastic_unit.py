"""Proofs of the stochastic unit."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal, Value
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig, SelfTestConfig
from ...config.geometries import geometry
from ...stochastic import StochasticUnit
from ...streams import index_width
from ..bench import Bench
from ..claims import claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof
from .lfsr import shifted

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic.StochasticUnit`."""
    padded = geometry("padded_small")
    outside = (_changed(padded, source="external"), _changed(padded, units=2, source="external"))
    # The draw of one of two units is unused in the last step.
    three = _watched(_changed(geometry("three"), units=2))
    for config in (geometry("two_passes"), padded, geometry("tiny"), _changed(padded, units=2), *outside, three):
        draws = f"{config.stochastic.shared} × {config.random.lfsr_width} stages"
        if config.stochastic.external:
            draws = f"draws from outside, {config.stochastic.shared} a beat"
        watched = ", watched" if config.self_test is not None else ""
        yield Proof(
            block="stochastic_unit",
            name=config.name,
            claim="mask bit l is 0 exactly where its draw is below code l; draws are used in order, one per hidden "
            "layer, and only when a mask is wanted; the stream keeps valid and payload until taken or reseeded; where "
            "draws are watched, each is shown once, with its bit, its code and what came of it, and no other",
            sizes=f"`{config.name}`: {config.stochastic.mask_width} layers, {draws}, "
            f"k = {config.random.draw_bits}{watched}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                StochasticUnit(config), lambda m, dut, internals: _masks(config, m, dut, internals)
            ),
        )


def _changed(config: CoreConfig, **random: int | str) -> CoreConfig:
    """Return ``config`` with another section `random`, and a name for it."""
    fields = config.model_dump()
    name = "_".join([config.name, *random])
    return CoreConfig.model_validate({**fields, "name": name, "random": {**fields["random"], **random}})


def _watched(config: CoreConfig) -> CoreConfig:
    """Return ``config`` with a self-test."""
    self_test = SelfTestConfig(window_bits=1, bound=1, drop_run=2, keep_run=3)
    return config.model_copy(update={"self_test": self_test, "name": f"{config.name}_watched"})


def _masks(config: CoreConfig, m: Module, dut: StochasticUnit, internals: Internals) -> None:
    reseeded = dut.load.any() & dut.seed.any()
    claim_kept(m, dut.o, withdrawn=reseeded)

    # The reference: registers, the number of draws of each for the mask, and its bits so far.
    layers, steps = config.stochastic.mask_width, config.stochastic.mask_steps
    drawn = Signal(range(steps + 1))
    mask = Signal(layers)
    draws = Signal()
    m.d.comb += draws.eq(
        dut.demand & (drawn != steps) & (dut.entropy.valid & ~reseeded if config.stochastic.external else 1)
    )
    if config.stochastic.external:
        k = config.random.draw_bits
        given = [dut.entropy.payload[unit * k : unit * k + k] for unit in range(config.stochastic.shared)]
        m.d.comb += Assert(transferred(dut.entropy) == draws)
    else:
        given = _registers(config, m, dut, internals, draws)
    m.d.sync += drawn.eq(Mux(reseeded, 0, Mux(draws, drawn + 1, Mux(transferred(dut.o), 0, drawn))))
    for layer, code in enumerate(dut.codes):
        step, unit = divmod(layer, len(given))
        with m.If(draws & (drawn == step)):
            m.d.sync += mask[layer].eq(given[unit] >= code)
        m.d.comb += Assert(implies(drawn > step, dut.o.payload[layer] == mask[layer]))

    if config.self_test is not None:
        _shown(config, m, dut, given, draws=draws, drawn=drawn)

    m.d.comb += [
        Assert(dut.o.valid == (drawn == steps)),
        Assert(implies(dut.o.valid, dut.o.payload == mask)),
        # Inductive invariants.
        Assert(internals.signal("index") == Mux(drawn == steps, 0, drawn)[: index_width(steps)]),
        Assert(drawn <= steps),
        Cover(transferred(dut.o) & (mask == 0)),
        Cover(transferred(dut.o) & mask.all()),
    ]


def _shown(
    config: CoreConfig, m: Module, dut: StochasticUnit, given: list[Value], *, draws: Signal, drawn: Signal
) -> None:
    """Claim the watched draws of each unit: ``given`` are the draws of this cycle, if ``draws``, of step ``drawn``."""
    for unit, (watched, draw) in enumerate(zip(dut.watched, given, strict=True)):
        bits = range(unit, config.stochastic.mask_width, len(given))
        m.d.comb += [Assert(watched.draw == (draws & (drawn < len(bits)))), Cover(watched.draw & watched.dropped)]
        for step, bit in enumerate(bits):
            code = dut.codes[bit]
            right = (watched.index == bit) & (watched.code == code) & (watched.dropped == (draw < code))
            m.d.comb += Assert(implies(watched.draw & (drawn == step), right))


def _registers(config: CoreConfig, m: Module, dut: StochasticUnit, internals: Internals, draws: Signal) -> list[Value]:
    """Follow the registers; return the next draw of each."""
    random, given = config.random, []
    for unit, seed in enumerate(config.stochastic.seeds(random.seed)[: config.stochastic.shared]):
        state = Signal(random.lfsr_width, init=seed, name=f"state_{unit}")
        following = shifted(m, state, random)
        loaded = dut.load[unit] & dut.seed.any()
        m.d.sync += state.eq(Mux(loaded, dut.seed, Mux(draws, following, state)))
        m.d.comb += Assert(internals[f"lfsr_{unit}" if unit else "lfsr"].signal("state") == state)
        given.append(following[: random.draw_bits])
    return given
