"""Layers with drawn weights."""

import pytest

from hdl.config import CoreConfig
from hdl.config.geometries import geometry

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
SMALLEST_DRAWN = geometry("drawn_smallest")

#: Runs a test over both ways to draw.
each_sampling = pytest.mark.parametrize("sampling", ["read", "pass"])

#: One generator, some that are no divisor of the columns of a tile, and as many as there can be.
each_number_of_generators = pytest.mark.parametrize("generators", [1, 3, 9])
