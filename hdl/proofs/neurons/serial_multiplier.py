"""Proofs of bit-serial multiplication and addition."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal, signed
from amaranth.hdl import Assert, Assume, Cover

from ...neurons import SerialMultiplier
from ..bench import Bench
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Bits of a gain, and planes of a sum.
_SIZES = ((1, 3), (2, 4))

_LANES = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.SerialMultiplier`."""
    for gain_width, steps in _SIZES:
        cycles = gain_width + 2 * steps + 2
        yield Proof(
            block="serial_multiplier",
            name=f"{gain_width}_by_{steps}",
            claim="the planes of each sum are those of G P + C modulo 2^steps, G being a signed gain, P a count and C "
            "a constant; several sums with the same gains follow one another",
            sizes=f"gains of {gain_width} bits, {steps} planes, {_LANES} lanes",
            method=Method.BOUNDED,
            depth=cycles,
            cover_depth=cycles,
            reason="gains are loaded and two sums worked out; with the last step of each the block is as before it",
            bench=lambda gain_width=gain_width, steps=steps: Bench(  # type: ignore[misc]
                SerialMultiplier(gain_width, _LANES), lambda m, dut, _: _sums(gain_width, steps, m, dut)
            ),
        )


def _sums(gain_width: int, steps: int, m: Module, dut: SerialMultiplier) -> None:
    # Gains are loaded whole, before the first step of a sum.
    loaded, step = Signal(range(gain_width + 1)), Signal(range(steps + 1))
    m.d.comb += [
        Assume(~(dut.load & dut.step)),
        Assume(~(dut.load & (step != 0))),
        Assume(~(dut.step & (loaded != gain_width))),
        Assume(dut.last == (step == steps - 1)),
    ]
    with m.If(dut.load):
        m.d.sync += loaded.eq(Mux(loaded == gain_width, 1, loaded + 1))
    with m.If(dut.step):
        m.d.sync += step.eq(Mux(dut.last, 0, step + 1))

    for lane in range(_LANES):
        gain = Signal(signed(gain_width), name=f"gain_{lane}")
        with m.If(dut.load):
            m.d.sync += gain.eq(Cat(gain[1:], dut.word[lane]))
        # The planes seen so far, and this one.
        planes = {}
        for name, bit in (("count", dut.count[lane]), ("constant", dut.word[lane]), ("sum", dut.o[lane])):
            before = Signal(steps, name=f"{name}_{lane}")
            planes[name] = Signal(steps, name=f"{name}_now_{lane}")
            m.d.comb += planes[name].eq(before | (bit << step))
            with m.If(dut.step):
                m.d.sync += before.eq(Mux(dut.last, 0, planes[name]))
        expected = Signal(steps, name=f"expected_{lane}")
        m.d.comb += expected.eq(gain * planes["count"] + planes["constant"])
        below = Signal(steps, name=f"below_{lane}")
        m.d.comb += below.eq((2 << step) - 1)
        m.d.comb += [
            Assert(~dut.step | ((planes["sum"] & below) == (expected & below))),
            Cover(dut.step & dut.last & (gain < 0) & planes["count"].all()),
        ]
