"""Cores with several stochastic units or a self-test."""

from .dense import PADDED, SMALLEST
from .documents import Document, derived
from .schemes import SPATIAL

__all__ = ["GEOMETRIES"]

#: Short windows, which a testbench fills quickly.
_SHORT_WINDOWS = {"window_bits": 4, "bound": 5, "drop_run": 9, "keep_run": 12}

#: Two registers side by side for three bits, so that draws of one are sometimes unused.
_UNITS = derived(
    PADDED,
    "units",
    network={"inputs": 5, "input_bits": 2, "hidden": [4, 3, 5], "classes": 3},
    bayes={"method": "scale-dropout", "p": [0.3, 0.5, 0.9], "passes": 3, "max_passes": 6},
    random={"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2},
)

#: Draws come from outside and are watched, with limits for one false alarm in 10^9 windows; many in little time.
_ENTROPY = derived(
    SMALLEST,
    "entropy",
    network={"inputs": 2, "input_bits": 1, "hidden": [2, 2], "classes": 2},
    bayes={"method": "scale-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 128},
    random={"lfsr_width": 32, "draw_bits": 8, "source": "external", "seed": 0x2311_1581},
    self_test={"window_bits": 11, "bound": 138, "drop_run": 31, "keep_run": 54},
)

#: The same from three sources side by side for five bits, of which one is unused in the last of two steps; the
#: limits are for one false alarm of any unit in 10^9 windows. As many neurons as it takes for every bit to matter.
_ENTROPIES = derived(
    _ENTROPY,
    "entropies",
    network={"inputs": 4, "input_bits": 1, "hidden": [6, 6, 6, 6, 6], "classes": 3},
    array={"rows": 6, "cols": 6, "rows_per_read": 6},
    bayes={"method": "scale-dropout", "p": [0.3, 0.5, 0.4, 0.3, 0.5], "passes": 3, "max_passes": 128},
    random={"lfsr_width": 32, "draw_bits": 7, "source": "external", "seed": 0x2311_1581, "units": 3},
    self_test={"window_bits": 11, "bound": 142, "drop_run": 43, "keep_run": 83},
)

GEOMETRIES: tuple[Document, ...] = (
    derived(PADDED, "monitored", self_test=_SHORT_WINDOWS),
    _ENTROPY,
    _ENTROPIES,
    _UNITS,
    derived(_UNITS, "watched", self_test=_SHORT_WINDOWS),
    # Units of channels, each of which is watched.
    derived(SPATIAL, "watched_channels", self_test=_SHORT_WINDOWS),
)
