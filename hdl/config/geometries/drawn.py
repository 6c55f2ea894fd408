"""Cores with sampled weights, digital and macro arrays."""

from typing import Any

from .dense import PADDED, SMALLEST
from .documents import Document, derived
from .maps import RESIDUAL

__all__ = ["GEOMETRIES"]


def _sampled(weight_bits: int, passes: int, max_passes: int, **members: Any) -> dict[str, Any]:
    return {
        "method": "sampled-weights",
        "weight_bits": weight_bits,
        "passes": passes,
        "max_passes": max_passes,
        **members,
    }


_SMALLEST = _sampled(2, 1, 1)

#: Comparators with tolerance, and a search for the reference with several reads.
_COMPARATORS = {"tolerance": 1, "max_pulses": 4, "reference_bits": 4, "calibration_reads": 4}

_MACRO = derived(
    PADDED,
    "macro",
    network={"inputs": 3, "input_bits": 2, "hidden": [6], "classes": 3},
    array={"rows": 4, "cols": 4, "rows_per_read": 2},
    bayes=_sampled(3, 2, 4),
    macro=_COMPARATORS,
)

#: Padding everywhere, several tiles both ways.
_MACRO_PADDED = derived(
    PADDED,
    "macro_padded",
    network={"inputs": 11, "input_bits": 2, "hidden": [5, 7], "classes": 3},
    array={"rows": 8, "cols": 4, "rows_per_read": 4},
    bayes=_sampled(3, 2, 4),
    ports={"pixels_per_beat": 1},
    macro={"tolerance": 1, "max_pulses": 4, "reference_bits": 5, "calibration_reads": 3},
    hardware={"pipeline": 0},
)

GEOMETRIES: tuple[Document, ...] = (
    # Drawn in each read by four generators for up to seven columns, of planes.
    derived(PADDED, "drawn", array={"rows": 12, "cols": 3, "rows_per_read": 4}, bayes=_sampled(5, 3, 6, generators=4)),
    # Drawn in each pass, for all windows of maps.
    derived(RESIDUAL, "drawn_maps", bayes=_sampled(3, 2, 4, sampling="pass")),
    derived(SMALLEST, "drawn_smallest", bayes=_SMALLEST),
    # Two tiles each way and two planes in the first layer; for solvers.
    {
        "name": "drawn_tiles",
        "network": {"inputs": 7, "input_bits": 2, "hidden": [6], "classes": 2},
        "array": {"rows": 4, "cols": 4, "rows_per_read": 2},
        "bayes": _sampled(3, 2, 3),
        "random": {"lfsr_width": 9, "draw_bits": 3, "seed": 5},
    },
    # Comparators with one reference for each array.
    _MACRO,
    # A reference for each column.
    derived(_MACRO, "macro_column", macro={**_COMPARATORS, "reference": "column"}),
    # Coarse converters.
    derived(
        _MACRO,
        "macro_adc",
        array={"rows": 4, "cols": 4, "rows_per_read": 4},
        hardware={"pipeline": 3},
        macro={**_COMPARATORS, "sense": "adc", "adc_bits": 2, "adc_cycles": 3, "reference": "column"},
    ),
    # Those of convolutions.
    derived(
        RESIDUAL,
        "macro_maps",
        bayes=_sampled(2, 2, 4),
        macro={**_COMPARATORS, "calibration_reads": 2},
    ),
    derived(
        SMALLEST,
        "macro_smallest",
        bayes=_SMALLEST,
        macro={"max_pulses": 1, "reference_bits": 1, "calibration_reads": 1},
    ),
    _MACRO_PADDED,
    # Two row tiles, padded; for solvers.
    {
        "name": "macro_tiles",
        "network": {"inputs": 11, "input_bits": 1, "hidden": [2], "classes": 2},
        "array": {"rows": 8, "cols": 2, "rows_per_read": 4},
        "bayes": _sampled(2, 1, 1),
        "random": {"lfsr_width": 9, "draw_bits": 3, "seed": 5},
        "macro": {},
    },
)
