"""Cores of the other schemes.

Their neurons draw for themselves, compare with a mean, or have several sets of weights.
"""

from typing import Any

from .dense import PADDED, SMALLEST
from .documents import Document, convolutional, derived
from .maps import RESIDUAL

__all__ = ["GEOMETRIES", "SPATIAL"]

#: Two units for seven channels.
_TWO_UNITS = {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2}


def _affine(p: list[float], passes: int, max_passes: int) -> dict[str, Any]:
    return {"method": "affine-dropout", "p": p, "passes": passes, "max_passes": max_passes}


#: Bits of channels.
SPATIAL = derived(
    PADDED,
    "spatial",
    bayes={"method": "spatial-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
    random=_TWO_UNITS,
)

#: Two hidden layers whose channels have bits of their own, of vectors and of maps; for solvers.
_CHANNELS: Document = {
    "name": "channels",
    "network": {"inputs": 4, "hidden": [5, 3], "input_bits": 1, "classes": 2},
    "array": {"rows": 4, "cols": 4, "rows_per_read": 2},
    "bayes": {"method": "spatial-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 3},
    "random": {"lfsr_width": 9, "draw_bits": 3, "seed": 5, "units": 2},
}
_CHANNELS_OF_MAPS = derived(
    _CHANNELS,
    "channels_of_maps",
    network={
        "inputs": 6,
        "image": [2, 3, 1],
        "convolutions": [{"channels": 3}, {"channels": 3}],
        "input_bits": 1,
        "classes": 2,
    },
)

#: Levels whose counts are compared in several cycles, of vectors and of maps; for solvers.
_LEVELS: Document = {
    "name": "levels",
    "network": {"inputs": 3, "hidden": [3], "input_bits": 2, "classes": 2},
    "array": {"rows": 4, "cols": 2, "rows_per_read": 2},
    "bayes": {"method": "subset-vi", "levels": 4, "passes": 2, "max_passes": 3},
    "random": {"lfsr_width": 9, "draw_bits": 4, "seed": 5, "units": 2},
    "hardware": {"planes_per_cycle": 2},
}
_LEVELS_OF_MAPS = derived(
    _LEVELS,
    "levels_of_maps",
    network={
        "inputs": 2,
        "image": [1, 2, 1],
        "convolutions": [{"channels": 3, "kernel": 1}],
        "input_bits": 2,
        "classes": 2,
    },
    array={"rows": 4, "cols": 4, "rows_per_read": 2},
)

GEOMETRIES: tuple[Document, ...] = (
    # Neurons that compare with the mean of their layer, also of whole maps, whose sizes are no powers of two, and are.
    derived(PADDED, "affine", bayes=_affine([0.3, 0.5], 3, 6)),
    derived(RESIDUAL, "affine_maps", bayes=_affine([0.3, 0.5], 2, 4)),
    derived(SMALLEST, "affine_smallest", bayes=_affine([0.5], 1, 1)),
    # A residual around a layer that waits for whole maps, with more positions than windows in flight.
    convolutional(
        "around",
        (4, 5, 1),
        [{"channels": 2}, {"channels": 3, "kernel": 1}, {"channels": 2, "kernel": 1, "skip": 0, "skip_gain": 2}],
        bayes=_affine([0.5, 0.3, 0.5], 3, 4),
    ),
    # Two neurons, or maps of three positions and two channels, with a mean; for solvers.
    derived(SMALLEST, "two_means", bayes=_affine([0.5], 2, 2)),
    convolutional("six_means", (1, 3, 1), [{"channels": 2, "kernel": 1}], bayes=_affine([0.5], 2, 2)),
    SPATIAL,
    # Bits of all neurons at all positions before a pool, drawn by fewer units than there are channels.
    derived(
        RESIDUAL,
        "spin",
        bayes={"method": "spin-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 4},
        random=_TWO_UNITS,
    ),
    # Scales of channels, held at all positions, and comparisons of several cycles.
    derived(
        RESIDUAL,
        "sampled",
        bayes={"method": "subset-vi", "levels": 5, "passes": 2, "max_passes": 4},
        random=_TWO_UNITS,
        hardware={"planes_per_cycle": 2},
    ),
    # Four sets of weights in each layer but the first.
    derived(PADDED, "ensemble", bayes={"method": "ensemble", "sets": 4, "passes": 3, "max_passes": 6}),
    _CHANNELS,
    _CHANNELS_OF_MAPS,
    _LEVELS,
    _LEVELS_OF_MAPS,
)
