"""Layers with local stochastic units."""

import pytest
from amaranth import ClockDomain, Module

from golden.draws import local_draws
from hdl.config import CoreConfig

_MAPS = {"inputs": 16, "image": [2, 4, 2], "convolutions": [{"channels": 5, "pool": 2}, {"channels": 3}]}
_VECTORS = {"inputs": 11, "hidden": [5, 3]}


def local_config(method, units, *, maps=False, planes_per_cycle=5, **bayes):
    """Return a configuration with two hidden layers of 5 and 3 channels."""
    own = {"p": [0.3, 0.5]} if method.endswith("dropout") else {}
    return CoreConfig.model_validate(
        {
            "name": f"{method.replace('-', '_')}_{units}",
            "network": {"input_bits": 2, "classes": 3} | (_MAPS if maps else _VECTORS),
            "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
            "bayes": {"method": method, "passes": 3, "max_passes": 6} | own | bayes,
            "random": {"lfsr_width": 19, "draw_bits": 7, "seed": 0x5A, "units": units},
            "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 6},
            "ports": {"pixels_per_beat": 2},
            "hardware": {"planes_per_cycle": planes_per_cycle},
        }
    )


def drawings(config, layer, count, states=None):
    """Return the first ``count`` drawings of the units of ``layer``, each a list of a draw for each channel."""
    first = config.stochastic.first(layer)
    own = states or config.stochastic.seeds(config.random.seed)[first : first + layer.local.units]
    passes = -(-count // layer.local.drawings)
    return local_draws(config.random, layer.local, own, 0, passes).flatten(end_dim=1)[:count].tolist()


def clocked(dut):
    """Return ``dut`` in a module that has a clock whether or not the block itself uses one."""
    m = Module()
    m.domains += ClockDomain("sync")
    m.submodules.dut = dut
    return m


#: Fewer units than channels, as many, and more than there can be; of the second layer.
each_number_of_units = pytest.mark.parametrize("units", [1, 2, 3, 16])
