"""Proofs of gain, offset and shift of each class."""

from collections.abc import Iterator

from amaranth import Array, Const, Module, Mux, Signal, signed
from amaranth.hdl import Assert, Assume, Cover
from amaranth.lib import data

from ..config import CoreConfig
from ..layouts import Preactivation, index_width
from ..logit_correction import Correction, LogitCorrection
from .bench import Bench
from .claims import assume_kept, claim_kept, implies, past, transferred
from .geometries import digits, padded, smallest, tiny
from .internals import Internals
from .proof import Method, Proof

__all__ = ["proofs"]

#: Bits that a sum here has more than the block's.
_SPARE = 4


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.logit_correction.LogitCorrection`."""
    for config in (smallest(), padded(), tiny(), digits()):
        logits = config.logits
        yield Proof(
            block="logit_correction",
            name=config.name,
            claim="y is (gain · z + offset) / 2^shift, rounded half up and saturated, with the constants last "
            "written for "
            "its class; no sum overflows; logits are in order, three cycles late; the stream keeps valid and payload "
            "until taken; constants are read back as they are",
            sizes=f"`{config.name}`: z of {config.layers[-1].z_width} bits, gain {logits.gain_width}, offset "
            f"{logits.offset_width}, shift up to {logits.max_shift}, y {logits.width}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                LogitCorrection(config), lambda m, dut, internals: _corrected(config, m, dut, internals)
            ),
            fast=config is not digits(),
        )


def _corrected(config: CoreConfig, m: Module, dut: LogitCorrection, internals: Internals) -> None:
    logits, classes = config.logits, config.network.classes
    layer = config.layers[-1]
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)

    # Beats on their way, as the block's contract has it: three stages that stand still together.
    step = Signal()
    m.d.comb += step.eq(~dut.o.valid | dut.o.ready)
    stages = [Signal(Preactivation(config), name=f"stage_{index}") for index in range(3)]
    valid = Signal(len(stages))
    with m.If(step):
        m.d.sync += valid.eq(valid << 1 | transferred(dut.i))
        m.d.sync += [to.eq(source) for source, to in zip([dut.i.p, *stages], stages, strict=False)]
    m.d.comb += [
        Assert(dut.i.ready == (step & ~dut.read)),
        Assert(dut.o.valid == valid[-1]),
        # What the block may rely on.
        Assume(dut.i.p.index < classes),
        Assume((dut.i.p.z >= -layer.count_max) & (dut.i.p.z <= layer.count_max)),
        Assume(dut.index < classes),
        Assume(dut.constants.shift <= logits.max_shift),
        Assume(implies(dut.read | dut.write, (valid == 0) & ~dut.i.valid)),
    ]

    # The constants as last written; a memory keeps them through a reset.
    constants = []
    for index in range(classes):
        kept = Signal(
            Correction(config), init={"gain": 1, "offset": 0, "shift": 0}, reset_less=True, name=f"kept_{index}"
        )
        with m.If(dut.write & (dut.index == index)):
            m.d.sync += kept.eq(dut.constants)
        m.d.comb += [
            # What is known of the state.
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
    # What is known of the state.
    for index, name in enumerate(("fetched", "added")):
        m.d.comb += Assert(internals.signal(name) == valid[index])
        m.d.comb += Assert(implies(valid[index], internals.signal(f"{name}_beat") == stages[index].as_value()))

    # More bits than there could be: what does not fit would show. The factors are those of the block, shown to be the
    # right ones above: a solver need not find out that two multipliers are the same.
    factor = data.View(Preactivation(config), internals.signal("fetched_beat")).z
    totals = [Signal(signed(config.corrected_width + _SPARE), name=f"total_{index}") for index in range(2)]
    shifts = [Signal(logits.shift_width, name=f"shift_{index}") for index in range(2)]
    with m.If(step):
        m.d.sync += [totals[0].eq(dut.stored.gain * factor + dut.stored.offset), totals[1].eq(totals[0])]
        m.d.sync += [shifts[0].eq(dut.stored.shift), shifts[1].eq(shifts[0])]
    half = Mux(shifts[0] == 0, 0, (Const(1) << shifts[0]) >> 1)
    m.d.comb += [
        Assert(implies(valid[1], internals.signal("total") == totals[0] + half)),
        Assert(implies(valid[1], (internals.signal("shift") == shifts[0]) & (shifts[0] <= logits.max_shift))),
    ]
    total, shift = totals[1], shifts[1]
    # Twice as much, so that the half is a whole number at every shift.
    rounded = Signal(signed(len(total) + 3))
    m.d.comb += rounded.eq(((total << 1) + (Const(1) << shift)) >> (shift + 1))
    expected = Signal(signed(logits.width))
    m.d.comb += expected.eq(
        Mux(rounded > logits.highest, logits.highest, Mux(rounded < logits.lowest, logits.lowest, rounded))
    )
    beat = dut.o.p
    m.d.comb += [
        Assert(implies(dut.o.valid, beat.value == expected)),
        Assert(implies(dut.o.valid, (beat.index == stages[2].index) & (beat.last == stages[2].last))),
        Cover(dut.o.valid & (shift == logits.max_shift) & (beat.value == 1)),
        Cover(valid.all()),
        Cover(reads),
    ]
    largest = layer.count_max * 2 ** (logits.gain_width - 1) + 2 ** (logits.offset_width - 1) - 1
    if largest > logits.highest:
        m.d.comb += [Cover(dut.o.valid & (rounded > logits.highest)), Cover(dut.o.valid & (rounded < logits.lowest))]
