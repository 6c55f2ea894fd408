"""Deliberate bugs, one change to the source of one block each."""

import dataclasses
from pathlib import Path

__all__ = ["MUTANTS", "Mutant"]


#: Rooms of ``hdl`` whose files are no blocks.
_NO_BLOCKS = {"config", "contract", "proofs"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One deliberate bug."""

    block: str
    """Name of the block, that of its testbench and, as a rule, of its file in ``hdl``."""

    bug: str
    """What is wrong, for people."""

    correct: str
    """Text of the source that is replaced; it occurs once."""

    wrong: str
    """What stands there instead."""

    layer: int = 0
    """Layer whose geometry shows the bug."""

    configuration: str = "padded"
    """Configuration of the tests: one that has the block, with several tiles, planes and layers, padded everywhere."""

    part: str = ""
    """Name of the file, where it is not the block's own but a part's."""

    def file(self, package: Path) -> Path:
        """Return the file of the block, or of its part, in the copy of ``hdl`` at ``package``.

        Raises
        ------
        ValueError
            No room has it, or several have.
        """
        name = f"{self.part or self.block}.py"
        found = [path for path in package.rglob(name) if path.relative_to(package).parts[0] not in _NO_BLOCKS]
        if len(found) != 1:
            raise ValueError(f"{name} must be in one room, not in {len(found)}")
        return found[0]

    def apply(self, package: Path) -> None:
        """Put the bug into the copy of ``hdl`` at ``package``.

        Raises
        ------
        ValueError
            The source has changed, so that there is no such text, or more than one.
        """
        path = self.file(package)
        source = path.read_text()
        if source.count(self.correct) != 1:
            found = source.count(self.correct)
            raise ValueError(f"{path.name} must contain {self.correct!r} once, not {found} times")
        path.write_text(source.replace(self.correct, self.wrong))


#: Configuration of the bugs in what only a core with convolutions has.
_CONVOLUTIONAL = "residual"

#: Configurations of the bugs in what only a core has whose arrays are macros.
_MACRO, _MACRO_ADC = "macro", "macro_adc"

#: Configuration of the bugs in the self-test.
_MONITORED = "monitored"

#: Configuration of the bugs in what watches several sources from outside.
_SIDE_BY_SIDE = "entropies"
#: Configurations of the bugs in inverted normalization.
_AFFINE, _AFFINE_MAPS = "affine", "affine_maps"
#: Configurations of the bugs in what only a core has whose weights are drawn, in each read and in each pass.
_DRAWN, _DRAWN_MAPS = "drawn", "drawn_maps"
#: Configuration of the bugs in what only a core has whose passes have weights.
_WEIGHTED = "prefix"

#: At least one bug in every block that decides a bit.
MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "columns",
        "XOR for XNOR",
        "popcount.words[line].eq(word)",
        "popcount.words[line].eq(~word)",
    ),
    Mutant(
        "columns",
        "padding is counted",
        "Mux(group == last, 0, Mux(bit, word, ~word))",
        "Mux(bit, word, ~word)",
    ),
    Mutant(
        "popcount",
        "the word of an adder is not counted",
        "adder.w.eq(self.words[size - 1])",
        "adder.w.eq(~self.bits[-1].replicate(lanes))",
    ),
    Mutant(
        "accumulator",
        "bit planes are not doubled",
        "self.total[plane - 1] if plane",
        "self.total[plane] if plane",
    ),
    Mutant(
        "crossbar",
        "begins a vector for whose counts there is no place",
        "full.eq(outstanding == _PLACES)",
        "full.eq(0)",
        part="read_sequencer",
    ),
    Mutant(
        "row_access",
        "does not wait for the computation to end",
        "m.If(self.command.valid & self.idle)",
        "m.If(self.command.valid)",
    ),
    Mutant(
        "row_store",
        "every line is written",
        "self.write & (self.line == line)",
        "self.write",
    ),
    Mutant(
        "pixel_buffer",
        "a beat is dropped when both banks are full",
        "self.i.ready.eq(banks.writable)",
        "self.i.ready.eq(1)",
    ),
    Mutant(
        "frame_buffer",
        "what is discarded stays",
        "m.If(self.discard | complete)",
        "m.If(complete)",
        configuration=_CONVOLUTIONAL,
    ),
    Mutant(
        "window_buffer",
        "the left border is the end of the row before",
        "older.eq(Mux(col == 0, 0, newer))",
        "older.eq(newer)",
        # Elsewhere that is the right border, which is as wide.
        layer=1,
        configuration="odd",
    ),
    Mutant(
        "line_driver",
        "the vector is taken with every read",
        "self.i.ready.eq(self.o.read & self.o.done)",
        "self.i.ready.eq(self.o.read)",
        layer=1,
    ),
    Mutant(
        "repeater",
        "the mask is late by a pass",
        "                self.o.p.tag.mask.eq(self.mask.payload),\n"
        "                self.mask.ready.eq(self.i.valid & self.o.ready),\n"
        "            ]\n",
        "                self.mask.ready.eq(self.i.valid & self.o.ready),\n"
        "            ]\n"
        "            late = Signal.like(self.mask.payload)\n"
        "            m.d.comb += self.o.p.tag.mask.eq(late)\n"
        "            with m.If(self.mask.valid & self.mask.ready):\n"
        "                m.d.sync += late.eq(self.mask.payload)\n",
    ),
    Mutant(
        "frame_repeater",
        "counts are overwritten before the last pass",
        "~ahead | (last & (write < read))",
        "~ahead | (write < read)",
        configuration=_CONVOLUTIONAL,
    ),
    Mutant(
        "mask_sequencer",
        "the bits of the last layer are the highest of the place",
        "for layer in reversed(layers)",
        "for layer in layers",
        configuration=_WEIGHTED,
    ),
    Mutant(
        "mask_sequencer",
        "a bit that is kept weighs as one that is dropped",
        "Mux(kept, (1 << config.random.draw_bits) - code, code)",
        "Mux(kept, code, (1 << config.random.draw_bits) - code)",
        configuration=_WEIGHTED,
    ),
    Mutant(
        "prefix_repeater",
        "counts are taken with the first of their beats",
        "self.i.ready.eq(move & final)",
        "self.i.ready.eq(move)",
        layer=1,
        configuration=_WEIGHTED,
    ),
    Mutant(
        "prefix_repeater",
        "the masks below are always those of the first value",
        "tag.present.eq(present.word_select(child, below))",
        "tag.present.eq(present.word_select(0, below))",
        layer=1,
        configuration=_WEIGHTED,
    ),
    Mutant(
        "residual",
        "activations are taken without counts",
        "self.skip.ready.eq(self.i.valid & self.o.ready)",
        "self.skip.ready.eq(self.o.ready)",
        layer=1,
        configuration=_CONVOLUTIONAL,
    ),
    Mutant(
        "lfsr",
        "a tap is wrong",
        "bits[stage - 1] for stage in",
        "bits[stage - 2] for stage in",
    ),
    Mutant(
        "weight_sampler",
        "the largest code is not always +1",
        "lowest & ~functools.reduce(operator.and_, others)",
        "lowest",
        configuration=_DRAWN,
    ),
    Mutant(
        "weight_sampler",
        "each column tile begins with generator 0",
        "layer.generator_of(col_tile)",
        "0",
        configuration=_DRAWN,
    ),
    Mutant(
        "weight_sampler",
        "an equal draw is +1",
        "less: Value = Const(0, len(word))",
        "less: Value = Const(-1, len(word))",
        configuration=_DRAWN,
    ),
    Mutant(
        "weight_draws",
        "shifts once too few",
        "range(self._bits)",
        "range(self._bits - 1)",
        configuration=_DRAWN,
    ),
    Mutant(
        "weight_draws",
        "a pass goes on where the one before began",
        "self.step & self.begin",
        "self.step & self.again",
        configuration=_DRAWN_MAPS,
    ),
    Mutant(
        "weight_draws",
        "a seed is loaded into all registers",
        "Mux(bit, stage | load, stage & ~load)",
        "Mux(bit, ~0, 0)",
        configuration=_DRAWN,
    ),
    Mutant(
        "vector_repeater",
        "every read is of the first group",
        "self.i.group.eq(self.o.group)",
        "self.i.group.eq(0)",
        configuration=_DRAWN,
    ),
    Mutant(
        "frame_buffer",
        "an image is read once too often",
        "counter.passes.eq(self.passes)",
        "counter.passes.eq(self.passes + 1)",
        configuration=_DRAWN_MAPS,
    ),
    Mutant(
        "stochastic_unit",
        "drops with one code too many",
        "bit.eq(draw >= code)",
        "bit.eq(draw > code)",
    ),
    Mutant(
        "self_test",
        "the last draw of a window is not counted",
        "self.drops.eq(drops_next)",
        "self.drops.eq(drops)",
        configuration=_MONITORED,
    ),
    Mutant(
        "self_test",
        "only too many drops are out of bounds",
        "abs(self.deviation) >",
        "self.deviation >",
        configuration=_MONITORED,
    ),
    Mutant(
        "unit_faults",
        "a unit that is stuck is not among the alarms",
        "Cat(test.stuck | test.out_of_bounds for test in tests)",
        "Cat(test.out_of_bounds for test in tests)",
        configuration=_SIDE_BY_SIDE,
        part="self_test_bank",
    ),
    Mutant(
        "unit_faults",
        "a draw that nobody uses is watched",
        "step if len(bits) == steps else step & (index != steps - 1)",
        "step",
        configuration=_SIDE_BY_SIDE,
        part="stochastic_unit",
    ),
    Mutant(
        "unit_faults",
        "all units take the draw of the first",
        "beat.word_select(unit, ",
        "beat.word_select(0, ",
        configuration=_SIDE_BY_SIDE,
        part="stochastic_unit",
    ),
    Mutant(
        "neuron",
        "the threshold is off by one",
        "fires = Const(-1, layer.outputs)",
        "fires = Const(0, layer.outputs)",
    ),
    Mutant(
        "neuron",
        "the mask bit of another layer chooses",
        "layer_mask(self.i.p.tag, layer)",
        "self.i.p.tag.mask[layer.mask_offset - 1]",
        layer=1,
    ),
    Mutant(
        "affine_transform",
        "the sign of a gain counts as one more bit",
        "[*parts[:-1], ~parts[-1]]",
        "[*parts[:-1], parts[-1]]",
        configuration=_AFFINE,
        part="serial_multiplier",
    ),
    Mutant(
        "affine_transform",
        "a negative gain is one too small",
        "init=-int(first)",
        "init=0",
        configuration=_AFFINE,
        part="serial_multiplier",
    ),
    Mutant(
        "affine_transform",
        "the mask bits of another layer choose",
        "layer_mask(self.i.p.tag, self._layer)",
        "layer_mask(self.i.p.tag, self._config.layers[self._layer.index - 1])",
        layer=1,
        configuration=_AFFINE,
    ),
    Mutant(
        "affine_transform",
        "the gains of one map are those of all",
        "Mux(self._ends(m, take), 0, gains)",
        "gains",
        configuration=_AFFINE_MAPS,
    ),
    Mutant(
        "mean_unit",
        "the mean is rounded down",
        "init=self._values - 1",
        "init=0",
        configuration=_AFFINE,
    ),
    Mutant(
        "mean_unit",
        "a remainder may be the divisor",
        "shifted >= self._divisor",
        "shifted > self._divisor",
        configuration=_AFFINE,
        part="mean_divider",
    ),
    Mutant(
        "mean_comparator",
        "a value that equals the mean does not fire",
        "below = Signal(layer.outputs, init=-1)",
        "below = Signal(layer.outputs, init=0)",
        configuration=_AFFINE,
    ),
    Mutant(
        "inverted_normalization",
        "the planes of the next map wait",
        "(layer.vectors + 1) * transformed_width(layer)",
        "layer.vectors * transformed_width(layer)",
        configuration=_AFFINE,
    ),
    Mutant(
        "local_units",
        "the last channels get what the first ones should",
        "Cat(held[local.units :], values)",
        "Cat(values, held)",
        configuration="spatial",
    ),
    Mutant(
        "local_units",
        "draws ahead",
        "step.eq(self.demand & ~self.drawn.valid & ~loads)",
        "step.eq(~self.drawn.valid & ~loads)",
        configuration="spatial",
    ),
    Mutant(
        "activation_dropout",
        "drops with one code too many",
        "draw >= self.code",
        "draw > self.code",
        configuration="spin",
    ),
    Mutant(
        "dropout_neuron",
        "says that counts are coming when none are",
        "self.i.valid | (inside != 0)",
        "1",
        configuration="spin",
    ),
    Mutant(
        "sampled_neuron",
        "the last level decides, not the one that was drawn",
        "(result.bits & ~drawn) | ((fires ^ flip) & drawn)",
        "fires ^ flip",
        configuration="sampled",
    ),
    Mutant(
        "sampled_neuron",
        "levels are drawn for each position",
        "levels.drawn.ready.eq(take & self._last_position(m, take))",
        "levels.drawn.ready.eq(take)",
        configuration="sampled",
    ),
    Mutant(
        "pool",
        "only the lower half of a square counts",
        "self.o.p.bits.eq(half | reader.data)",
        "self.o.p.bits.eq(half)",
        layer=1,
        configuration=_CONVOLUTIONAL,
    ),
    Mutant(
        "flatten",
        "the last position comes first",
        "Cat(self.o.p.bits, self.i.p.bits)[self._source.channels :]",
        "Cat(self.i.p.bits, self.o.p.bits)",
        configuration=_CONVOLUTIONAL,
    ),
    Mutant(
        "logits",
        "z is off by one",
        "(count << 1) - layer.count_max",
        "(count << 1) - layer.count_max + 1",
    ),
    Mutant(
        "logit_correction",
        "no saturation above",
        "m.If(shifted > logits.highest)",
        "m.If(shifted > 2 * logits.highest)",
        part="logit_scaler",
    ),
    Mutant(
        "logit_correction",
        "rounds down, not half up",
        "half.eq(1 << (amount - 1))",
        "half.eq(0)",
        part="logit_scaler",
    ),
    Mutant(
        "statistics",
        "the last of several winners gets the vote",
        "Mux((beat.index == 0) | (beat.value > best), beat.index, leader)",
        "Mux((beat.index == 0) | (beat.value >= best), beat.index, leader)",
        part="votes",
    ),
    Mutant(
        "statistics",
        "a vote counts once, whatever the pass weighs",
        "votes.eq(self.weight)",
        "votes.eq(1)",
        configuration=_WEIGHTED,
        part="votes",
    ),
    Mutant(
        "predictive",
        "the largest logit of the pass before counts as well",
        "Mux((beat.index == 0) | (beat.value > largest), beat.value, largest)",
        "Mux(beat.value > largest, beat.value, largest)",
        configuration="predictive",
        part="differences",
    ),
    Mutant(
        "predictive",
        "probabilities are rounded down, not half up",
        "(product + (1 << shift - 1)) >> shift",
        "product >> shift",
        configuration="predictive",
        part="normalization",
    ),
    Mutant(
        "predictive",
        "the sums of the next input are read",
        "Cat(self.index, ~bank)",
        "Cat(self.index, bank)",
        configuration="predictive",
        part="accumulation",
    ),
    Mutant(
        "predictive",
        "mutual information may be negative",
        "Mux(entropy > expected, entropy - expected, 0)",
        "entropy - expected",
        configuration="predictive",
        part="measures",
    ),
    Mutant(
        "queue",
        "a beat is offered before there is one",
        "self.o.valid.eq(beats.r_rdy)",
        "self.o.valid.eq(1)",
    ),
    Mutant(
        "queued_branch",
        "a vector is lost while the queue is full",
        "tee.first.ready.eq(queue.i.ready)",
        "tee.first.ready.eq(1)",
        configuration=_CONVOLUTIONAL,
    ),
    Mutant(
        "pass_counter",
        "the last pass is told a pass late",
        "number + 1 == self.passes",
        "number == self.passes",
    ),
    Mutant(
        "bank_pair",
        "the second input takes the place of the first",
        "self.write_bank.eq(self.write_bank ^ self.filled)",
        "self.write_bank.eq(0)",
    ),
    Mutant(
        "threshold_rows",
        "a command has its turn while neurons compare",
        "access.idle.eq(self.idle)",
        "access.idle.eq(1)",
    ),
    Mutant(
        "threshold_rows",
        "what is read back is what the neurons read last",
        "store.read.eq(self.read | access.read[tile])",
        "store.read.eq(self.read)",
    ),
    Mutant(
        "mean_divider",
        "a bit of the quotient is missing",
        "left.eq(self._width)",
        "left.eq(self._width - 1)",
        configuration=_AFFINE,
    ),
    Mutant(
        "serial_multiplier",
        "what was carried stays for the next sum",
        "Mux(self.last, carry.init, (a & b) | (half & carry))",
        "(a & b) | (half & carry)",
        configuration=_AFFINE,
    ),
    Mutant(
        "tee",
        "the second reader may miss a beat",
        "self.i.ready.eq(~Cat(pending).any())",
        "self.i.ready.eq(~pending[0])",
    ),
    Mutant(
        "control",
        "the number of passes may change while an input is in the core",
        "running.eq(self.enable | in_flight.busy)",
        "running.eq(self.enable)",
    ),
    Mutant(
        "row_router",
        "thresholds go to the crossbar",
        "(address.thresholds == thresholds) & (address.layer == layer)",
        "(address.layer == layer)",
    ),
    Mutant(
        "axi_core",
        "packets that are too long are told as too short",
        "core.long_packet.eq(pixels.too_long)",
        "core.long_packet.eq(pixels.too_short)",
    ),
    Mutant(
        "macro_core",
        "a cell that is done is pulsed again with the others",
        "self.columns.eq(self.columns & comparator.outside)",
        "self.columns.eq(comparator.outside.any().replicate(self._cols))",
        configuration=_MACRO,
        part="program_verify",
    ),
    Mutant(
        "macro_core",
        "a pulse more than the limit",
        "(given == self._macro.max_pulses)",
        "(given > self._macro.max_pulses)",
        configuration=_MACRO,
        part="program_verify",
    ),
    Mutant(
        "macro_core",
        "does not wait for the end of a pulse",
        'm.State("VERIFY"), m.If(~still)',
        'm.State("VERIFY"), m.If(1)',
        configuration=_MACRO,
        part="program_verify",
    ),
    Mutant(
        "macro_core",
        "the tolerance is not allowed",
        "(difference & over) if self._tolerance >> plane & 1 else (difference | over)",
        "difference | over",
        configuration=_MACRO,
        part="level_comparator",
    ),
    Mutant(
        "macro_core",
        "a bit stays where more than half of the reads are wanted",
        "enough.eq((total << 1) >= self.lines * (reads * layer.cols))",
        "enough.eq((total << 1) > self.lines * (reads * layer.cols + reads))",
        configuration=_MACRO,
        part="reference_search",
    ),
    Mutant(
        "macro_core",
        "ones of the trial before are not forgotten",
        "m.d.comb += clear.eq(1)",
        "m.d.comb += clear.eq(0)",
        configuration=_MACRO,
        part="reference_search",
    ),
    Mutant(
        "macro_core",
        "the reference that was found is not kept",
        "with m.If(self.found & chosen):",
        "with m.If(0):",
        configuration=_MACRO,
        part="reference_codes",
    ),
    Mutant(
        "macro_core",
        "reference cells are compared with the bits on the word lines",
        "driven.eq(bits | refers.replicate(len(bits)))",
        "driven.eq(bits)",
        configuration=_MACRO,
        part="macro_array",
    ),
    Mutant(
        "macro_core",
        "word lines without an input are driven",
        "group < layer.driven_groups(self._row_tile, line)",
        "1",
        configuration=_MACRO_ADC,
        part="macro_array",
    ),
    Mutant(
        "macro_core",
        "a coarse code counts as a fine one",
        "[zero] * self._shift + list(self.codes)",
        "list(self.codes) + [zero] * self._shift",
        configuration=_MACRO_ADC,
        part="converted_counts",
    ),
)
