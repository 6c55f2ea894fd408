"""Cores that sense the columns of an array in groups."""

from .dense import PADDED, SMALLEST
from .documents import Document, derived
from .maps import RESIDUAL

__all__ = ["GEOMETRIES", "GROUPED"]

_ARRAY = {"rows": 12, "cols": 6, "rows_per_read": 4, "cols_per_read": 2}

#: Three groups, padding in the last ones of each column tile.
GROUPED = derived(PADDED, "grouped", array=_ARRAY)

#: Two groups of maps with a residual and pooling, and all columns in the last layer.
_MAPS = derived(
    RESIDUAL,
    "grouped_maps",
    array={"rows": 12, "cols": 4, "rows_per_read": 4, "folding": [12, 6, 4], "column_folding": [2, 2, 4]},
)

GEOMETRIES: tuple[Document, ...] = (
    GROUPED,
    _MAPS,
    # Two groups of two columns, the fewest; for solvers.
    derived(
        SMALLEST,
        "grouped_pairs",
        network={"inputs": 3, "input_bits": 1, "hidden": [3], "classes": 2},
        array={"rows": 4, "cols": 4, "rows_per_read": 2, "cols_per_read": 2},
        bayes={"method": "scale-dropout", "p": [0.5], "passes": 2, "max_passes": 2},
    ),
    # Each group has gains of its own, and padding is no part of a mean.
    derived(
        GROUPED,
        "grouped_means",
        bayes={"method": "affine-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
    ),
    # All groups see the same draws, of four generators for two columns.
    derived(
        GROUPED,
        "grouped_draws",
        bayes={"method": "sampled-weights", "weight_bits": 5, "generators": 4, "passes": 3, "max_passes": 6},
    ),
    # Bits, or levels, of the channels of a vector, drawn once for all of its groups.
    derived(
        GROUPED,
        "grouped_bits",
        bayes={"method": "spin-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
        random={"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2},
    ),
    derived(
        _MAPS,
        "grouped_levels",
        bayes={"method": "subset-vi", "levels": 5, "passes": 2, "max_passes": 4},
        random={"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5, "units": 2},
        hardware={"planes_per_cycle": 2},
    ),
    derived(GROUPED, "grouped_sets", bayes={"method": "ensemble", "sets": 4, "passes": 3, "max_passes": 6}),
)
