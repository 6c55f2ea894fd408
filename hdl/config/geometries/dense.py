"""Cores of dense layers with thresholds."""

from .documents import Document, derived

__all__ = ["GEOMETRIES", "NONE", "PADDED", "SMALLEST"]

#: No randomness: a single pass.
NONE = {"method": "none", "passes": 1, "max_passes": 1}

#: All sizes at their legal minimum.
SMALLEST: Document = {
    "name": "smallest",
    "network": {"inputs": 2, "input_bits": 1, "hidden": [2], "classes": 2},
    "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
    "bayes": {"method": "scale-dropout", "p": [0.5], "passes": 1, "max_passes": 1},
    "random": {"lfsr_width": 8, "draw_bits": 2, "seed": 1},
    "logits": {"width": 4, "fraction": 0, "gain_width": 2, "offset_width": 2, "max_shift": 1},
    "ports": {"pixels_per_beat": 1},
}

#: The same but for a second pass: the smallest core that is worth a proof.
_TWO_PASSES = derived(
    SMALLEST, "two_passes", bayes={"method": "scale-dropout", "p": [0.5], "passes": 2, "max_passes": 2}
)

#: Nothing fits: several row and column tiles, and padding in word lines, groups, columns and the last beat.
PADDED: Document = {
    "name": "padded",
    "network": {"inputs": 17, "input_bits": 3, "hidden": [7, 13], "classes": 5},
    "array": {"rows": 12, "cols": 4, "rows_per_read": 4},
    "bayes": {"method": "scale-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
    "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 6},
    "ports": {"pixels_per_beat": 2},
    "hardware": {"pipeline": 4},
}

#: The same, small enough for a solver and without pipeline stages.
_PADDED_SMALL: Document = {
    "name": "padded_small",
    "network": {"inputs": 11, "input_bits": 2, "hidden": [5, 7], "classes": 3},
    "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
    "bayes": {"method": "scale-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
    "logits": {"width": 6, "fraction": 3, "gain_width": 4, "offset_width": 6, "max_shift": 4},
    "ports": {"pixels_per_beat": 2},
}

#: No power of two. Thresholds of 15 and of 3 inputs have a bit more than their counts.
_ODD: Document = {
    "name": "odd",
    "network": {"inputs": 15, "input_bits": 1, "hidden": [3, 5], "classes": 3},
    "array": {"rows": 6, "cols": 2, "rows_per_read": 3},
    "bayes": NONE,
    "random": {"lfsr_width": 8, "draw_bits": 2, "seed": 1},
    "logits": {"width": 5, "fraction": 1, "gain_width": 7, "offset_width": 5, "max_shift": 3},
    "ports": {"pixels_per_beat": 3},
}

#: Powers of two throughout, without padding.
_EVEN: Document = {
    "name": "even",
    "network": {"inputs": 8, "input_bits": 2, "hidden": [4, 8, 4], "classes": 4},
    "array": {"rows": 4, "cols": 4, "rows_per_read": 2},
    "bayes": {"method": "scale-dropout", "p": [0.0, 0.99, 0.4], "passes": 4, "max_passes": 8},
    "random": {"lfsr_width": 32, "draw_bits": 8, "seed": 0x2311_1581},
    "logits": {"width": 12, "fraction": 6, "gain_width": 12, "offset_width": 24, "max_shift": 15},
    "ports": {"pixels_per_beat": 2},
}

#: More layers than any other with bits of whole layers, so that stochastic units are for several bits each.
_FOUR = derived(
    PADDED,
    "four",
    network={"inputs": 5, "input_bits": 2, "hidden": [4, 3, 5, 2], "classes": 3},
    bayes={"method": "scale-dropout", "p": [0.3, 0.5, 0.2, 0.9], "passes": 3, "max_passes": 6},
    ports={"pixels_per_beat": 1},
)

#: As many masks as a register draws, each draw as wide as there can be.
_SIXTEEN: Document = {
    "name": "sixteen",
    "network": {"inputs": 2, "hidden": [2] * 16, "classes": 2},
    "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
    "bayes": {"method": "scale-dropout", "p": [index / 16 for index in range(16)]},
    "random": {"lfsr_width": 64, "draw_bits": 32, "seed": 2**64 - 2},
}

#: Draws as wide as a self-test sums them.
_LARGEST_DRAWS: Document = {
    "name": "largest_draws",
    "network": {"inputs": 2, "hidden": [2, 2, 2], "classes": 2},
    "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
    "bayes": {"method": "scale-dropout", "p": [0.0, 0.9, 0.5]},
    "random": {"lfsr_width": 64, "draw_bits": 26, "seed": 5},
}

#: A row is several words of the register port, and the last of them is not full.
_WIDE = derived(
    SMALLEST,
    "wide",
    network={"inputs": 3, "input_bits": 1, "hidden": [70], "classes": 2},
    array={"rows": 2, "cols": 70, "rows_per_read": 2},
)

#: Rows of three words, a seed of two, and the widest logits that there are.
_WIDEST = derived(
    SMALLEST,
    "widest",
    array={"rows": 4, "cols": 70, "rows_per_read": 2},
    random={"lfsr_width": 50, "draw_bits": 32, "seed": 2**50 - 2},
    logits={"width": 24, "fraction": 0, "gain_width": 24, "offset_width": 32, "max_shift": 31},
)

#: Predictive probabilities; differences of logits are rounded, and some inputs are unknown after reset.
_PREDICTIVE = derived(
    PADDED,
    "predictive",
    predictive={"probability_bits": 9, "entropy_bits": 8, "difference_bits": 2, "threshold": 0.5},
)

#: The section of predictive probabilities with the fewest bits.
_FEWEST_BITS = {"probability_bits": 4, "entropy_bits": 4, "difference_bits": 0}

GEOMETRIES: tuple[Document, ...] = (
    SMALLEST,
    derived(SMALLEST, "smallest_none", bayes=NONE),
    derived(
        SMALLEST,
        "smallest_8bit",
        network={"inputs": 2, "input_bits": 8, "hidden": [2], "classes": 2},
        bayes={"method": "scale-dropout", "p": [0.5], "passes": 2, "max_passes": 2},
    ),
    _TWO_PASSES,
    # Three bits.
    derived(
        _TWO_PASSES,
        "three",
        network={"inputs": 2, "input_bits": 1, "hidden": [2, 2, 2], "classes": 2},
        bayes={"method": "scale-dropout", "p": [0.5, 0.25, 0.75], "passes": 2, "max_passes": 2},
    ),
    PADDED,
    _PADDED_SMALL,
    _ODD,
    _EVEN,
    _FOUR,
    _SIXTEEN,
    _LARGEST_DRAWS,
    _WIDE,
    _WIDEST,
    _PREDICTIVE,
    derived(SMALLEST, "predictive_smallest", predictive=_FEWEST_BITS),
    derived(_TWO_PASSES, "predictive_two_passes", predictive=_FEWEST_BITS),
)
