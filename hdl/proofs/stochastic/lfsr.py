"""Proofs of the LFSR."""

import functools
import operator
from collections.abc import Iterator, Sequence

from amaranth import Cat, Module, Mux, ResetSignal, Signal, Value
from amaranth.hdl import Assert, Assume, Cover
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from ...config import LFSR_TAPS, RandomConfig
from ...stochastic import Lfsr
from ..bench import Bench
from ..claims import counted, implies
from ..internals import Internals
from ..primitive import characteristic, is_primitive
from ..proof import Method, Proof

__all__ = ["proofs", "shifted"]

#: Widths whose whole period a solver can traverse, each with as many bits a draw: the draw is then the state.
_WALKED = (8, 9)

#: Widths of the fast proofs: the smallest, those of named configurations, and the largest.
_USUAL = (8, 16, 32, 64)


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic.Lfsr`."""
    every = f"all widths, {min(LFSR_TAPS)} to {max(LFSR_TAPS)}"
    for name, widths, sizes in (("", _USUAL, f"widths {', '.join(map(str, _USUAL))}"), ("_all", LFSR_TAPS, every)):
        registers = [_register(width) for width in widths]
        yield Proof(
            block="lfsr",
            name=f"definition{name}",
            claim="a draw is the lowest k bits after k shifts; a seed is loaded unless it is 0; nothing moves without "
            "a step; the state is never 0",
            sizes=f"{sizes}; k from 2 to 32",
            method=Method.INDUCTION,
            bench=lambda registers=registers: Bench(_Pairs(registers), _definition),  # type: ignore[misc]
            fast=not name,
        )
        yield Proof(
            block="lfsr",
            name=f"bijection{name}",
            claim="registers in different states are in different states after a step",
            sizes=f"{sizes}; k from 2 to 32",
            method=Method.INDUCTION,
            bench=lambda registers=registers: Bench(_Pairs(registers), _bijection),  # type: ignore[misc]
            fast=not name,
        )
    for width in _WALKED:
        random = RandomConfig(lfsr_width=width, draw_bits=width)
        yield Proof(
            block="lfsr",
            name=f"period_{width}",
            claim="the first state comes back after 2^width − 1 steps and not before",
            sizes=f"width {width}, k = {width}",
            method=Method.BOUNDED,
            bench=lambda random=random: Bench(Lfsr(random), functools.partial(_period, random)),  # type: ignore[misc]
            depth=2**width + 1,
            cover_depth=2**width + 1,
            reason="the whole period",
            fast=width == min(_WALKED),
        )
    yield Proof(
        block="lfsr",
        name="primitive",
        claim="the feedback polynomial is primitive, so that the period is 2^width − 1",
        sizes=every,
        method=Method.ALGEBRA,
        bench=lambda: all(is_primitive(characteristic(taps)) for taps in LFSR_TAPS.values()),
    )


def shifted(m: Module, state: Value, random: RandomConfig) -> Value:
    """Return ``state`` after one draw, shift by shift, as in docs/numerics.md."""
    for _ in range(random.draw_bits):
        following = Signal(random.lfsr_width, name="shifted")
        feedback = functools.reduce(operator.xor, (state[stage - 1] for stage in random.taps))
        m.d.comb += following.eq(state << 1 | feedback)
        state = following
    return state


def _register(width: int) -> RandomConfig:
    """Return a register of ``width``; together these registers have every number of bits a draw."""
    smallest, largest = 2, min(width, 32)
    return RandomConfig(lfsr_width=width, draw_bits=smallest + width % (largest - smallest + 1))


class _Pairs(wiring.Component):
    """Two registers of each kind with different seeds."""

    def __init__(self, randoms: Sequence[RandomConfig]):
        self.pairs = [(random, Lfsr(random), Lfsr(random)) for random in randoms]
        seed = In(max(random.lfsr_width for random in randoms))
        super().__init__({"step": In(1), "load": In(1), "first_seed": seed, "second_seed": seed})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for random, first, second in self.pairs:
            m.submodules[f"first_{random.lfsr_width}"] = first
            m.submodules[f"second_{random.lfsr_width}"] = second
            for lfsr, seed in ((first, self.first_seed), (second, self.second_seed)):
                m.d.comb += [lfsr.step.eq(self.step), lfsr.load.eq(self.load), lfsr.seed.eq(seed)]
        return m


def _definition(m: Module, dut: _Pairs, internals: Internals) -> None:
    moved = []
    for random, lfsr, _ in dut.pairs:
        expected = Signal(random.lfsr_width, init=random.seed, name=f"expected_{random.lfsr_width}")
        following = shifted(m, expected, random)
        m.d.sync += expected.eq(Mux(dut.load & lfsr.seed.any(), lfsr.seed, Mux(dut.step, following, expected)))
        m.d.comb += [
            Assert(lfsr.draw == following[: random.draw_bits]),
            Assert(internals[f"first_{random.lfsr_width}"].signal("state") == expected),
            Assert(expected != 0),
        ]
        moved.append(expected != random.seed)
    m.d.comb += [Cover(dut.step & ~dut.load & Cat(moved).all()), Cover(dut.load & (dut.first_seed == 0))]


def _bijection(m: Module, dut: _Pairs, internals: Internals) -> None:
    different = []
    for random, _, _ in dut.pairs:
        first, second = (internals[f"{name}_{random.lfsr_width}"] for name in ("first", "second"))
        states_differ = first.signal("state") != second.signal("state")
        m.d.comb += Assert(implies(states_differ, first.signal("following") != second.signal("following")))
        different.append(states_differ)
    m.d.comb += Cover(Cat(different).all())


def _period(random: RandomConfig, m: Module, dut: Lfsr, _: Internals) -> None:
    period = 2**random.lfsr_width - 1
    m.d.comb += Assume(dut.step & ~dut.load & ~ResetSignal())
    steps = counted(m, 1, range(period + 1))
    first, after_reset = Signal.like(dut.draw), Signal()
    with m.If(~after_reset):
        m.d.sync += [first.eq(dut.draw), after_reset.eq(1)]
    m.d.comb += Assert(implies(after_reset, (dut.draw == first) == (steps == period)))
    m.d.comb += Cover(after_reset & (dut.draw == first))
