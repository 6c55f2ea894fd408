"""Proofs of the logit correction."""

import itertools
from collections.abc import Iterator

from amaranth import Array, Const, Module, Mux, Signal, signed
from amaranth.hdl import Assert, Assume, Cover
from amaranth.lib import data

from ...config import CoreConfig
from ...config.geometries import geometry
from ...results import Correction, LogitCorrection
from ...streams import Preactivation, index_width
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Cycles from a pre-activation to its logit.
_LATENCY = 5

#: Bits by which the reference sums are wider than the block's.
_SPARE = 4


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.results.LogitCorrection`."""
    for config in (geometry("two_passes"), geometry("padded_small"), geometry("tiny"), geometry("digits")):
        logits = config.logits
        yield Proof(
            block="logit_correction",
            name=config.name,
            claim="y is (gain · z + offset) / 2^shift, rounded half up and saturated, with the constants last "
            "written for its class; no sum overflows; logits are in order, five cycles late; the stream keeps valid "
            "and payload until taken; constants are read back as they are",
            sizes=f"`{config.name}`: z of {config.layers[-1].z_width} bits, gain {logits.gain_width}, offset "
            f"{logits.offset_width}, shift up to {logits.max_shift}, y {logits.width}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                LogitCorrection(config), lambda m, dut, internals: _corrected(config, m, dut, internals)
            ),
            fast=config is not geometry("digits"),
        )


def _corrected(config: CoreConfig, m: Module, dut: LogitCorrection, internals: Internals) -> None:
    logits, classes = config.logits, config.network.classes
    layer = config.layers[-1]
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)

    # Beats in flight, as in the block's contract: stages that stall together.
    step = Signal()
    m.d.comb += step.eq(~dut.o.valid | dut.o.ready)
    stages = [Signal(Preactivation(config), name=f"stage_{index}") for index in range(_LATENCY)]
    valid = Signal(len(stages))
    with m.If(step):
        m.d.sync += valid.eq(valid << 1 | transferred(dut.i))
        m.d.sync += [to.eq(source) for source, to in zip([dut.i.p, *stages], stages, strict=False)]
    m.d.comb += [
        Assert(dut.i.ready == (step & ~dut.read)),
        Assert(dut.o.valid == valid[-1]),
        # Assumptions of the block's contract.
        Assume(dut.i.p.index < classes),
        Assume((dut.i.p.z >= -layer.count_max) & (dut.i.p.z <= layer.count_max)),
        Assume(dut.index < classes),
        Assume(dut.constants.shift <= logits.max_shift),
        Assume(implies(dut.read | dut.write, (valid == 0) & ~dut.i.valid)),
    ]

    # Constants as last written; a memory keeps them through a reset.
    constants = []
    for index in range(classes):
        kept = Signal(
            Correction(config), init={"gain": 1, "offset": 0, "shift": 0}, reset_less=True, name=f"kept_{index}"
        )
        with m.If(dut.write & (dut.index == index)):
            m.d.sync += kept.eq(dut.constants)
        m.d.comb += [
            # Inductive invariants.
            Assert(internals.word("constants", Const(index, index_width(classes))) == kept.as_value()),
            Assert(kept.shift <= logits.max_shift),
        ]
        constants.append(kept.as_value())
    reads = past(m, dut.read & ~dut.write)
    read_back = past(m, Array(constants)[dut.index])
    m.d.comb += Assert(implies(reads, dut.stored.as_value() == read_back))

    fetched = Signal(Correction(config))
    m.d.comb += fetched.eq(Array(constants)[stages[0].index])
    m.d.comb += Assert(implies(valid[0], dut.stored.as_value() == fetched.as_value()))
    for index, stage in enumerate(stages):
        in_range = (stage.z >= -layer.count_max) & (stage.z <= layer.count_max) & (stage.index < classes)
        m.d.comb += Assert(implies(valid[index], in_range))
    # Inductive invariants.
    m.d.comb += Assert(internals.signal("valid") == valid[:-1])
    beats, scaler = internals.signals("beat"), internals["scaler"]
    for index, (beat, stage) in enumerate(zip(beats, stages[:-1], strict=True)):
        m.d.comb += Assert(implies(valid[index], beat == stage.as_value()))

    # Wider than the block's, so that an overflow would show. The factors are those of the block, shown to be the
    # right ones above: a solver need not prove that two multipliers are equal.
    factor = data.View(Preactivation(config), beats[0]).z
    width = signed(config.corrected_width + _SPARE)
    product, offset = Signal(width), Signal(signed(logits.offset_width))
    totals = [Signal(width, name=f"total_{index}") for index in range(_LATENCY - 1)]
    shifts = [Signal(logits.shift_width, name=f"shift_{index}") for index in range(_LATENCY - 1)]
    m.d.comb += totals[0].eq(product + offset)
    with m.If(step):
        m.d.sync += [product.eq(dut.stored.gain * factor), offset.eq(dut.stored.offset)]
        m.d.sync += [to.eq(source) for source, to in itertools.pairwise(totals)]
        m.d.sync += [to.eq(source) for source, to in zip([dut.stored.shift, *shifts], shifts, strict=False)]
    multiplied, added, shifted = range(1, _LATENCY - 1)
    halves = [Mux(shift == 0, 0, (Const(1) << shift) >> 1) for shift in shifts]
    largest_product = layer.count_max << logits.gain_width - 1
    # Inductive invariants, stage by stage.
    for index, shift in enumerate(shifts, start=1):
        m.d.comb += Assert(implies(valid[index], shift <= logits.max_shift))
    m.d.comb += [
        Assert(implies(valid[multiplied], scaler.signal("product") == product)),
        Assert(implies(valid[multiplied], (product >= -largest_product) & (product <= largest_product))),
        Assert(implies(valid[multiplied], scaler.signal("offset") == offset + halves[0])),
        Assert(implies(valid[multiplied], scaler.signal("shift_multiplied") == shifts[0])),
        Assert(implies(valid[added], scaler.signal("total") == totals[1] + halves[1])),
        Assert(implies(valid[added], scaler.signal("shift_added") == shifts[1])),
        Assert(implies(valid[shifted], scaler.signal("shifted") == (totals[2] + halves[2]) >> shifts[2])),
    ]
    total, shift = totals[-1], shifts[-1]
    # Doubled, so that the half is a whole number at every shift.
    rounded = Signal(signed(len(total) + 3))
    m.d.comb += rounded.eq(((total << 1) + (Const(1) << shift)) >> (shift + 1))
    expected = Signal(signed(logits.width))
    m.d.comb += expected.eq(
        Mux(rounded > logits.highest, logits.highest, Mux(rounded < logits.lowest, logits.lowest, rounded))
    )
    logit = dut.o.p
    m.d.comb += [
        Assert(implies(dut.o.valid, logit.value == expected)),
        Assert(implies(dut.o.valid, (logit.index == stages[-1].index) & (logit.last == stages[-1].last))),
        Cover(dut.o.valid & (shift == logits.max_shift) & (logit.value == 1)),
        Cover(valid.all()),
        Cover(reads),
    ]
    if largest_product + 2 ** (logits.offset_width - 1) - 1 > logits.highest:
        m.d.comb += [Cover(dut.o.valid & (rounded > logits.highest)), Cover(dut.o.valid & (rounded < logits.lowest))]
