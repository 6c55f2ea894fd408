"""Clock cycles with local units or several weight sets."""

import pytest

from flows.mapping.mapping import map_core
from flows.mapping.timing_model import predict, stage_cycles
from hdl.config import CoreConfig

from .test_map import _simulate

_CONV = {"inputs": 48, "image": [4, 6, 2], "convolutions": [{"channels": 5, "pool": 2}, {"channels": 3}], "hidden": [4]}
_DENSE = {"inputs": 17, "hidden": [9, 13]}
_NONE = {"method": "none", "passes": 1, "max_passes": 1}
_METHODS = {
    "spatial-dropout": {"p": 0.5},
    "spin-dropout": {"p": 0.5},
    "subset-vi": {"levels": 4},
    "ensemble": {"sets": 4},
}


def _config(method, network, units, planes_per_cycle):
    hidden = len(network.get("convolutions", ())) + len(network["hidden"])
    own = {name: [value] * hidden if name == "p" else value for name, value in _METHODS[method].items()}
    return CoreConfig.model_validate(
        {
            "name": "mapped",
            "network": {"input_bits": 2, "classes": 3, **network},
            "array": {"rows": 12, "cols": 4, "rows_per_read": 4},
            "bayes": {"method": method, "passes": 3, "max_passes": 8} | own,
            "random": {"units": 1 if method == "ensemble" else units},
            "hardware": {"planes_per_cycle": planes_per_cycle},
        }
    )


@pytest.mark.parametrize("method", _METHODS)
@pytest.mark.parametrize(("units", "planes"), [(1, 5), (3, 2), (16, 8)])
@pytest.mark.parametrize(
    "network", [pytest.param(_DENSE, id="dense"), pytest.param(_CONV, id="maps", marks=pytest.mark.slow)]
)
def test_prediction_is_the_simulation(method, network, units, planes):
    config = _config(method, network, units, planes)
    prediction = predict(config, inputs=3, passes=3)
    assert prediction.cycles == _simulate(config, 3)
    # No block needs more than the whole core takes.
    per_input = predict(config, inputs=40, passes=3).cycles_per_input
    assert max(stage_cycles(config, 3).values()) <= per_input


@pytest.mark.parametrize(
    ("network", "pipeline"),
    [pytest.param(_DENSE, 4, id="dense"), pytest.param(_CONV, 0, id="maps", marks=pytest.mark.slow)],
)
def test_prediction_is_the_simulation_where_weights_are_drawn(network, pipeline):
    """Every pass reads its input again."""
    plain = _config("ensemble", network, 1, 5).model_dump()
    bayes = {"method": "sampled-weights", "passes": 3, "max_passes": 8}
    config = CoreConfig.model_validate(plain | {"bayes": bayes, "hardware": {"pipeline": pipeline}})
    assert predict(config, inputs=3, passes=3).cycles == _simulate(config, 3)
    assert max(stage_cycles(config, 3).values()) <= predict(config, inputs=40, passes=3).cycles_per_input
    mapping = map_core(config, passes=7)
    assert not any(layer.once for layer in mapping.layers)
    fixed = map_core(CoreConfig.model_validate(plain | {"bayes": _NONE}), passes=1)
    assert mapping.memory_bits["weights"] == 8 * fixed.memory_bits["weights"]


def test_more_units_take_fewer_cycles():
    cycles = [predict(_config("spin-dropout", _DENSE, units, 8), inputs=2, passes=8).cycles for units in (1, 2, 4)]
    assert cycles == sorted(cycles, reverse=True)
    assert len(set(cycles)) == len(cycles)
