"""Layers with drawn weights."""

import pytest

from hdl.config import CoreConfig

_MAPS = {"inputs": 16, "image": [2, 4, 2], "convolutions": [{"channels": 5, "pool": 2}, {"channels": 3}]}
_VECTORS = {"inputs": 11, "hidden": [9, 3]}


def drawn_config(sampling="read", generators=1, *, maps=False, pipeline=0, **bayes):
    """Return a configuration in which nothing fits: several tiles both ways, two planes, and padding."""
    return CoreConfig.model_validate(
        {
            "name": f"drawn_{sampling}_{generators}",
            "network": {"input_bits": 2, "classes": 3} | (_MAPS if maps else _VECTORS),
            "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
            "bayes": {
                "method": "sampled-weights",
                "sampling": sampling,
                "generators": generators,
                "weight_bits": 5,
                "passes": 3,
                "max_passes": 6,
            }
            | bayes,
            "random": {"lfsr_width": 19, "draw_bits": 7, "seed": 0x5A},
            "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 6},
            "ports": {"pixels_per_beat": 2},
            "hardware": {"pipeline": pipeline},
        }
    )


#: Everything at its legal minimum.
SMALLEST_DRAWN = CoreConfig.model_validate(
    {
        "name": "smallest_drawn",
        "network": {"inputs": 2, "input_bits": 1, "hidden": [2], "classes": 2},
        "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
        "bayes": {"method": "sampled-weights", "weight_bits": 2, "passes": 1, "max_passes": 1},
        "random": {"lfsr_width": 8, "draw_bits": 2, "seed": 1},
        "logits": {"width": 4, "fraction": 0, "gain_width": 2, "offset_width": 2, "max_shift": 1},
    }
)

#: Runs a test over both ways to draw.
each_sampling = pytest.mark.parametrize("sampling", ["read", "pass"])

#: One generator, some that are no divisor of the columns of a tile, and as many as there can be.
each_number_of_generators = pytest.mark.parametrize("generators", [1, 3, 9])
