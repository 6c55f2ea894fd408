"""Cores of convolutions with thresholds."""

from typing import Any

from .dense import NONE, PADDED, SMALLEST
from .documents import Document, convolutional, derived

__all__ = ["GEOMETRIES", "RESIDUAL"]

#: Two convolutions with a residual and pooling, several bit planes and beats a position, and padding everywhere.
RESIDUAL = derived(
    PADDED,
    "residual",
    network={
        "inputs": 32,
        "input_bits": 2,
        "image": [4, 4, 2],
        "convolutions": [{"channels": 3}, {"channels": 3, "skip": 0, "skip_gain": 5, "pool": 2}],
        "classes": 3,
    },
    array={"rows": 12, "cols": 2, "rows_per_read": 4, "folding": [12, 6, 4]},
    bayes={"method": "scale-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 4},
    ports={"pixels_per_beat": 1},
    hardware={"pipeline": 0},
)

#: The same with more positions and channels, and a layer of vectors behind the maps.
_RESIDUAL_DENSE = convolutional(
    "residual_dense",
    (6, 4, 3),
    [{"channels": 5}, {"channels": 5, "skip": 0, "skip_gain": 3, "pool": 2}],
    input_bits=3,
    hidden=[7],
    classes=3,
    array=(12, 4, 4, (12, 4, 6, 2)),
    pixels_per_beat=3,
)

#: Odd sizes and every other window, of which the second layer's do not reach the end of the right border; no masks.
_ODD_MAPS = derived(
    PADDED,
    "odd_maps",
    network={
        "inputs": 70,
        "input_bits": 1,
        "image": [5, 7, 2],
        "convolutions": [{"channels": 3, "stride": 2}, {"channels": 2, "kernel": 5, "stride": 2}],
        "classes": 2,
    },
    bayes=NONE,
    ports={"pixels_per_beat": 1},
)

#: A single position and a single beat, without and with a border around it.
_ONE_PIXEL = derived(
    SMALLEST,
    "one_pixel",
    network={
        "inputs": 2,
        "input_bits": 2,
        "image": [1, 1, 2],
        "convolutions": [{"channels": 2, "kernel": 1}, {"channels": 3, "kernel": 3}],
        "classes": 2,
    },
    array={"rows": 4, "cols": 2, "rows_per_read": 2},
    bayes={"method": "scale-dropout", "p": [0.5, 0.5], "passes": 2, "max_passes": 3},
    ports={"pixels_per_beat": 2},
)

#: Odd sizes, every other position, no border; windows leave out the last column of the map.
_STRIDED = convolutional(
    "strided",
    (7, 10, 2),
    [{"channels": 3, "kernel": 5, "stride": 2, "padding": 0}, {"channels": 2, "stride": 2}],
    input_bits=2,
    array=(10, 4, 5),
    bayes={"method": "scale-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 3},
)

#: A row of positions, and no randomness: a single pass.
_LONG_ROW = convolutional(
    "long_row", (1, 6, 1), [{"channels": 4, "kernel": 3, "pool": 1}], input_bits=8, hidden=[3], bayes=NONE, classes=4
)


def _few(name: str, image: tuple[int, int, int], convolutions: list[dict[str, int]], **options: Any) -> Document:
    """Return a core for solvers."""
    bayes = {"method": "scale-dropout", "p": [0.5] * len(convolutions), "passes": 2, "max_passes": 3}
    return convolutional(name, image, convolutions, bayes=bayes, **options)


GEOMETRIES: tuple[Document, ...] = (
    RESIDUAL,
    _RESIDUAL_DENSE,
    _ODD_MAPS,
    _ONE_PIXEL,
    _STRIDED,
    _LONG_ROW,
    # The smallest with a residual and pooling.
    convolutional("shortcut", (2, 2, 1), [{"channels": 2}, {"channels": 2, "skip": 0, "pool": 2}]),
    # Pooled at once, then windows that leave a single position, which is taken as it is.
    convolutional("pooled", (8, 6, 1), [{"channels": 3, "pool": 2}, {"channels": 4, "padding": 0, "stride": 2}]),
    # Several positions, planes and beats a position, a residual, and pooling.
    _few("images", (4, 6, 2), [{"channels": 3}, {"channels": 3, "skip": 0, "skip_gain": 5, "pool": 2}], input_bits=2),
    # Odd sizes and every other window, and windows of one position after them.
    _few("strides", (5, 4, 1), [{"channels": 2, "stride": 2}, {"channels": 2, "kernel": 1}]),
    # A row of positions, each of several beats and planes.
    _few("row", (1, 3, 2), [{"channels": 2}], input_bits=2),
    # A single position, all of whose neighbours are the border.
    _few("pixel", (1, 1, 2), [{"channels": 2}]),
)
