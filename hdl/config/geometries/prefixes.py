"""Cores whose passes have weights."""

from collections.abc import Sequence
from typing import Any

from .dense import PADDED, SMALLEST
from .documents import Document, derived

__all__ = ["GEOMETRIES"]


def _prefix(p: Sequence[float], passes: int, max_passes: int) -> dict[str, Any]:
    return {"method": "scale-dropout", "order": "prefix", "p": p, "passes": passes, "max_passes": max_passes}


def _layers(hidden: int) -> Document:
    """Return the smallest core with so many hidden layers."""
    return derived(
        SMALLEST,
        f"prefix_{hidden}",
        network={"inputs": 2, "input_bits": 1, "hidden": [2] * hidden, "classes": 2},
        bayes=_prefix([0.5] * hidden, 2, 3),
    )


GEOMETRIES: tuple[Document, ...] = (
    derived(SMALLEST, "smallest_prefix", bayes=_prefix([0.5], 1, 1)),
    # Nothing fits.
    derived(PADDED, "padded_prefix", bayes=_prefix([0.3, 0.5], 3, 6)),
    derived(
        PADDED,
        "prefix",
        network={"inputs": 11, "input_bits": 2, "hidden": [5, 7, 6], "classes": 3},
        bayes=_prefix([0.3, 0.5, 0.2], 5, 12),
        hardware={"pipeline": 2},
    ),
    # Masks that never occur.
    derived(
        SMALLEST,
        "three_prefix",
        network={"inputs": 8, "input_bits": 1, "hidden": [4, 6, 5], "classes": 3},
        array={"rows": 4, "cols": 4, "rows_per_read": 2},
        bayes=_prefix([0.0, 0.5, 0.25], 9, 40),
        random={"lfsr_width": 16, "draw_bits": 2, "seed": 0x1234},
    ),
    *(_layers(hidden) for hidden in (1, 2, 3)),
)
