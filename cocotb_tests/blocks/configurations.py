"""Configurations that the tests of the blocks are run with."""

import functools

import numpy as np

from golden.data.synthetic import random_config, random_program
from hdl.config import CoreConfig
from hdl.contract.program import Program

__all__ = [
    "AFFINE_GEOMETRIES",
    "CONFIGURATIONS",
    "DRAWN_GEOMETRIES",
    "GEOMETRIES",
    "MACROS",
    "SCHEMES",
    "WEIGHTED",
    "WIDE",
    "configuration",
    "program",
]

#: All sizes at their legal minimum.
_SMALLEST = {
    "name": "smallest",
    "network": {"inputs": 2, "input_bits": 1, "hidden": [2], "classes": 2},
    "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
    "bayes": {"method": "scale-dropout", "p": [0.5], "passes": 1, "max_passes": 1},
    "random": {"lfsr_width": 8, "draw_bits": 2, "seed": 1},
    "logits": {"width": 4, "fraction": 0, "gain_width": 2, "offset_width": 2, "max_shift": 1},
    "ports": {"pixels_per_beat": 1},
}

#: Nothing fits: several row and column tiles, and padding in word lines, groups, columns and the last beat.
_PADDED = {
    "name": "padded",
    "network": {"inputs": 17, "input_bits": 3, "hidden": [7, 13], "classes": 5},
    "array": {"rows": 12, "cols": 4, "rows_per_read": 4},
    "bayes": {"method": "scale-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
    "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 6},
    "ports": {"pixels_per_beat": 2},
    "hardware": {"pipeline": 4},
}

#: A row is several words of the register port, and the last of them is not full.
_WIDE = {
    **_SMALLEST,
    "name": "wide",
    "network": {"inputs": 3, "input_bits": 1, "hidden": [70], "classes": 2},
    "array": {"rows": 2, "cols": 70, "rows_per_read": 2},
}

#: Two convolutions with a residual and pooling, several bit planes and beats a position, and padding everywhere.
_RESIDUAL = {
    **_PADDED,
    "name": "residual",
    "network": {
        "inputs": 32,
        "input_bits": 2,
        "image": [4, 4, 2],
        "convolutions": [{"channels": 3}, {"channels": 3, "skip": 0, "skip_gain": 5, "pool": 2}],
        "classes": 3,
    },
    "array": {"rows": 12, "cols": 2, "rows_per_read": 4, "folding": [12, 6, 4]},
    "bayes": {"method": "scale-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 4},
    "ports": {"pixels_per_beat": 1},
    "hardware": {"pipeline": 0},
}

#: Odd sizes and every other window, of which the second layer's do not reach the end of the right border; no masks.
_ODD = {
    **_PADDED,
    "name": "odd",
    "network": {
        "inputs": 70,
        "input_bits": 1,
        "image": [5, 7, 2],
        "convolutions": [{"channels": 3, "stride": 2}, {"channels": 2, "kernel": 5, "stride": 2}],
        "classes": 2,
    },
    "bayes": {"method": "none", "passes": 1, "max_passes": 1},
    "ports": {"pixels_per_beat": 1},
}

#: A single position and a single beat, without and with a border around it.
_ONE_PIXEL = {
    **_SMALLEST,
    "name": "one_pixel",
    "network": {
        "inputs": 2,
        "input_bits": 2,
        "image": [1, 1, 2],
        "convolutions": [{"channels": 2, "kernel": 1}, {"channels": 3, "kernel": 3}],
        "classes": 2,
    },
    "array": {"rows": 4, "cols": 2, "rows_per_read": 2},
    "bayes": {"method": "scale-dropout", "p": [0.5, 0.5], "passes": 2, "max_passes": 3},
    "ports": {"pixels_per_beat": 2},
}

#: With predictive probabilities; differences of logits are rounded, and some inputs are unknown after reset.
_PREDICTIVE = {
    **_PADDED,
    "name": "predictive",
    "predictive": {"probability_bits": 9, "entropy_bits": 8, "difference_bits": 2, "threshold": 0.5},
}

#: The same with all sizes at their legal minimum.
_PREDICTIVE_SMALLEST = {
    **_SMALLEST,
    "name": "predictive_smallest",
    "predictive": {"probability_bits": 4, "entropy_bits": 4, "difference_bits": 0},
}

#: Passes with weights: all sizes at their legal minimum, and nothing fits.
_SMALLEST_PREFIX = {
    **_SMALLEST,
    "name": "smallest_prefix",
    "bayes": {"method": "scale-dropout", "order": "prefix", "p": [0.5], "passes": 1, "max_passes": 1},
}
_PREFIX = {
    **_PADDED,
    "name": "prefix",
    "network": {"inputs": 11, "input_bits": 2, "hidden": [5, 7, 6], "classes": 3},
    "bayes": {"method": "scale-dropout", "order": "prefix", "p": [0.3, 0.5, 0.2], "passes": 5, "max_passes": 12},
    "hardware": {"pipeline": 2},
}

#: The stochastic unit tests itself, in windows that a testbench fills in no time.
_MONITORED = {
    **_PADDED,
    "name": "monitored",
    "self_test": {"window_bits": 4, "bound": 5, "drop_run": 9, "keep_run": 12},
}

#: Draws come from outside and are watched, with limits for one false alarm in 10^9 windows; many in little time.
_ENTROPY = {
    **_SMALLEST,
    "name": "entropy",
    "network": {"inputs": 2, "input_bits": 1, "hidden": [2, 2], "classes": 2},
    "bayes": {"method": "scale-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 128},
    "random": {"lfsr_width": 32, "draw_bits": 8, "source": "external", "seed": 0x2311_1581},
    "self_test": {"window_bits": 11, "bound": 138, "drop_run": 31, "keep_run": 54},
}

#: The same from three sources side by side for five bits, of which one is for nobody in the last of two steps; the
#: limits are for one false alarm of any unit in 10^9 windows. As many neurons as it takes for every bit to matter.
_ENTROPIES = {
    **_ENTROPY,
    "name": "entropies",
    "network": {"inputs": 4, "input_bits": 1, "hidden": [6, 6, 6, 6, 6], "classes": 3},
    "array": {"rows": 6, "cols": 6, "rows_per_read": 6},
    "bayes": {"method": "scale-dropout", "p": [0.3, 0.5, 0.4, 0.3, 0.5], "passes": 3, "max_passes": 128},
    "random": {"lfsr_width": 32, "draw_bits": 7, "source": "external", "seed": 0x2311_1581, "units": 3},
    "self_test": {"window_bits": 11, "bound": 142, "drop_run": 43, "keep_run": 83},
}

#: Two registers side by side for three bits, so that one draws for nobody now and then.
_UNITS = {
    **_PADDED,
    "name": "units",
    "network": {"inputs": 5, "input_bits": 2, "hidden": [4, 3, 5], "classes": 3},
    "bayes": {"method": "scale-dropout", "p": [0.3, 0.5, 0.9], "passes": 3, "max_passes": 6},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2},
}

#: The same, each of which is watched.
_WATCHED = {
    **_UNITS,
    "name": "watched",
    "self_test": {"window_bits": 4, "bound": 5, "drop_run": 9, "keep_run": 12},
}

#: Neurons that compare with the mean of their layer, also of whole maps, whose sizes are no powers of two, and are.
_AFFINE = {
    **_PADDED,
    "name": "affine",
    "bayes": {"method": "affine-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
}
_AFFINE_MAPS = {
    **_RESIDUAL,
    "name": "affine_maps",
    "bayes": {"method": "affine-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 4},
}
_AFFINE_SMALLEST = {
    **_SMALLEST,
    "name": "affine_smallest",
    "bayes": {"method": "affine-dropout", "p": [0.5], "passes": 1, "max_passes": 1},
}

#: Bits of all neurons at all positions before a pool, drawn by fewer units than there are channels.
_SPIN = {
    **_RESIDUAL,
    "name": "spin",
    "bayes": {"method": "spin-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 4},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2},
}

#: Bits of channels, by two units for seven of them.
_SPATIAL = {
    **_PADDED,
    "name": "spatial",
    "bayes": {"method": "spatial-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2},
}

#: The same, each of which is watched.
_WATCHED_CHANNELS = {
    **_SPATIAL,
    "name": "watched_channels",
    "self_test": {"window_bits": 4, "bound": 5, "drop_run": 9, "keep_run": 12},
}

#: Levels of channels, held at all positions, and comparisons of several cycles.
_SAMPLED = {
    **_RESIDUAL,
    "name": "sampled",
    "bayes": {"method": "subset-vi", "levels": 5, "passes": 2, "max_passes": 4},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2},
    "hardware": {"planes_per_cycle": 2},
}

#: Four sets of weights in each layer but the first.
_ENSEMBLE = {
    **_PADDED,
    "name": "ensemble",
    "bayes": {"method": "ensemble", "sets": 4, "passes": 3, "max_passes": 6},
}

_MACRO_SECTION = {"tolerance": 1, "max_pulses": 4, "reference_bits": 4, "reference_reads": 4, "reference_groups": 2}

#: Arrays that are macros, with comparators and one reference each, or one a column, or with coarse converters; and
#: those of convolutions.
_MACRO = {
    **_PADDED,
    "name": "macro",
    "network": {"inputs": 3, "input_bits": 2, "hidden": [6], "classes": 3},
    "array": {"rows": 4, "cols": 4, "rows_per_read": 2},
    "bayes": {"method": "sampled-weights", "weight_bits": 3, "passes": 2, "max_passes": 4},
    "hardware": {"pipeline": 4},
    "macro": _MACRO_SECTION,
}
_MACRO_COLUMN = {**_MACRO, "name": "macro_column", "macro": {**_MACRO_SECTION, "reference": "column"}}
_MACRO_ADC = {
    **_MACRO,
    "name": "macro_adc",
    "array": {"rows": 4, "cols": 4, "rows_per_read": 4},
    "hardware": {"pipeline": 3},
    "macro": {**_MACRO_SECTION, "sense": "adc", "adc_bits": 2, "adc_cycles": 3, "reference": "column"},
}

#: Weights that are drawn in each read by four generators for up to seven columns, of planes, and in each pass by one
#: for all windows of maps; and with everything at its legal minimum.
_DRAWN = {
    **_PADDED,
    "name": "drawn",
    "array": {"rows": 12, "cols": 3, "rows_per_read": 4},
    "bayes": {"method": "sampled-weights", "weight_bits": 5, "generators": 4, "passes": 3, "max_passes": 6},
}
_DRAWN_MAPS = {
    **_RESIDUAL,
    "name": "drawn_maps",
    "bayes": {"method": "sampled-weights", "weight_bits": 3, "sampling": "pass", "passes": 2, "max_passes": 4},
}
_DRAWN_SMALLEST = {
    **_SMALLEST,
    "name": "drawn_smallest",
    "bayes": {"method": "sampled-weights", "weight_bits": 2, "passes": 1, "max_passes": 1},
}

_MACRO_MAPS = {
    **_RESIDUAL,
    "name": "macro_maps",
    "bayes": {"method": "sampled-weights", "weight_bits": 2, "passes": 2, "max_passes": 4},
    "macro": {**_MACRO_SECTION, "reference_groups": 1, "reference_reads": 2},
}

_SCHEMES = (_SPIN, _SPATIAL, _SAMPLED, _ENSEMBLE)

_ALL = (
    _SMALLEST,
    _PADDED,
    _WIDE,
    _RESIDUAL,
    _ODD,
    _ONE_PIXEL,
    _PREDICTIVE,
    _PREDICTIVE_SMALLEST,
    _SMALLEST_PREFIX,
    _PREFIX,
    _MONITORED,
    _ENTROPY,
    _ENTROPIES,
    _UNITS,
    _WATCHED,
    _WATCHED_CHANNELS,
    _AFFINE,
    _AFFINE_MAPS,
    _AFFINE_SMALLEST,
    _MACRO,
    _MACRO_COLUMN,
    _MACRO_ADC,
    _MACRO_MAPS,
    *_SCHEMES,
    _DRAWN,
    _DRAWN_MAPS,
    _DRAWN_SMALLEST,
)
_FIXED = {each["name"]: each for each in _ALL}

#: Names of the configurations: `random` changes with the seed, `deterministic` is random without masks. Those with
#: convolutions are `residual`, `odd` and `one_pixel`, those with probabilities `predictive` and `predictive_smallest`,
#: those with a self-test `monitored` and `entropy`, of several stochastic units `entropies`, `watched` and
#: `watched_channels`; `units` has several and no self-test.
CONFIGURATIONS = ("smallest", "padded", "random", "deterministic")

#: Names of those whose arrays are macros.
MACROS = ("macro", "macro_adc", "macro_maps")

#: Names of those of other schemes.
SCHEMES = tuple(each["name"] for each in _SCHEMES)
#: Names of the configurations whose passes have weights.
WEIGHTED = ("smallest_prefix", "prefix")

#: Configuration and layer of the tests of blocks that draw weights.
DRAWN_GEOMETRIES = (("drawn", 0), ("drawn_maps", 0), ("drawn_smallest", 0))

#: Name of the configuration for the blocks that cut rows into words.
WIDE = "wide"

#: Configuration and layer of the tests of blocks that belong to a layer: several bit planes in the first of `padded`.
GEOMETRIES = (("smallest", 0), ("padded", 0), ("padded", 1), ("random", -1))


#: The same for the blocks of inverted normalization.
AFFINE_GEOMETRIES = (("affine", 0), ("affine_maps", 0), ("affine_smallest", 0))


@functools.cache
def configuration(name: str, seed: int) -> CoreConfig:
    """Return the configuration ``name``."""
    if name in _FIXED:
        return CoreConfig.model_validate(_FIXED[name])
    method = {"random": "scale-dropout", "deterministic": "none"}[name]
    return random_config(np.random.default_rng([seed, CONFIGURATIONS.index(name)]), bayes={"method": method})


@functools.cache
def program(name: str, seed: int) -> Program:
    """Return a random Program for the configuration ``name``."""
    return random_program(configuration(name, seed), np.random.default_rng([seed, len(name)]))
