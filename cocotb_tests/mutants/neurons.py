"""Deliberate bugs in ``hdl/neurons``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="neurons")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "residual",
        "activations are taken without counts",
        "self.skip.ready.eq(taken if column",
        "self.skip.ready.eq(self.o.ready if column",
        layer=1,
        configuration="residual",
    ),
    _bug(
        "neuron",
        "the threshold is off by one",
        "fires = Const(-1, layer.beat_outputs)",
        "fires = Const(0, layer.beat_outputs)",
    ),
    _bug(
        "neuron",
        "every group of columns has the thresholds of the first",
        "m.d.comb += rows.column.eq(column)",
        "m.d.comb += rows.column.eq(0)",
        layer=1,
        configuration="grouped",
    ),
    _bug(
        "mean_unit",
        "padding in a group of columns is part of the mean",
        "self.i.p.bits & held[column]",
        "self.i.p.bits",
        configuration="grouped_means",
    ),
    _bug(
        "neuron",
        "the mask bit of another layer chooses",
        "layer_mask(self.i.p.tag, layer)",
        "self.i.p.tag.mask[layer.mask_offset - 1]",
        layer=1,
    ),
    _bug(
        "affine_transform",
        "the sign of a gain counts as one more bit",
        "[*parts[:-1], ~parts[-1]]",
        "[*parts[:-1], parts[-1]]",
        configuration="affine",
        part="serial_multiplier",
    ),
    _bug(
        "affine_transform",
        "a negative gain is one too small",
        "init=-int(first)",
        "init=0",
        configuration="affine",
        part="serial_multiplier",
    ),
    _bug(
        "affine_transform",
        "the mask bits of another layer choose",
        "layer_mask(self.i.p.tag, self._layer)",
        "layer_mask(self.i.p.tag, self._config.layers[self._layer.index - 1])",
        layer=1,
        configuration="affine",
    ),
    _bug(
        "affine_transform",
        "the gains of one map are those of all",
        "Mux(self._ends(m, take), 0, gains)",
        "gains",
        configuration="affine_maps",
    ),
    _bug(
        "mean_unit",
        "the mean is rounded down",
        "init=self._values - 1",
        "init=0",
        configuration="affine",
    ),
    _bug(
        "mean_unit",
        "a remainder may be the divisor",
        "shifted >= self._divisor",
        "shifted > self._divisor",
        configuration="affine",
        part="mean_divider",
    ),
    _bug(
        "mean_comparator",
        "a value that equals the mean does not fire",
        "below = Signal(layer.beat_outputs, init=-1)",
        "below = Signal(layer.beat_outputs, init=0)",
        configuration="affine",
    ),
    _bug(
        "inverted_normalization",
        "the planes of the next map wait",
        "(layer.beats + 1) * transformed_width(layer)",
        "layer.beats * transformed_width(layer)",
        configuration="affine",
    ),
    _bug(
        "activation_dropout",
        "drops with one code too many",
        "draw >= self.code",
        "draw > self.code",
        configuration="spin",
    ),
    _bug(
        "dropout_neuron",
        "says that counts are coming when none are",
        "self.i.valid | (inside != 0)",
        "1",
        configuration="spin",
    ),
    _bug(
        "sampled_neuron",
        "the last level decides, not the one that was drawn",
        "(beat & ~drawn) | ((fires ^ flip) & drawn)",
        "fires ^ flip",
        configuration="sampled",
    ),
    _bug(
        "sampled_neuron",
        "levels are drawn for each position",
        "levels.drawn.ready.eq(take & self._last_position(m, take))",
        "levels.drawn.ready.eq(take)",
        configuration="sampled",
    ),
    _bug(
        "pool",
        "only the lower half of a square counts",
        "self.o.p.bits.eq(half | reader.data)",
        "self.o.p.bits.eq(half)",
        layer=1,
        configuration="residual",
    ),
    _bug(
        "threshold_rows",
        "a command has its turn while neurons compare",
        "access.idle.eq(self.idle)",
        "access.idle.eq(1)",
    ),
    _bug(
        "threshold_rows",
        "what is read back is what the neurons read last",
        "store.read.eq(self.read | access.read[tile])",
        "store.read.eq(self.read)",
    ),
    _bug(
        "mean_divider",
        "a bit of the quotient is missing",
        "left.eq(self._width)",
        "left.eq(self._width - 1)",
        configuration="affine",
    ),
    _bug(
        "serial_multiplier",
        "what was carried stays for the next sum",
        "Mux(self.last, carry.init, (a & b) | (half & carry))",
        "(a & b) | (half & carry)",
        configuration="affine",
    ),
)
