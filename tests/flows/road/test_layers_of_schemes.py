import numpy as np
import pytest

from flows.road.layers import compare_layers
from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config import CoreConfig
from hdl.verilog import export

PASSES = 3

#: Pooled, so that what is drawn before a pool is seen as well.
SCHEMES = {
    "spin-dropout": {"p": [0.3, 0.5]},
    "subset-vi": {"levels": 4},
    "ensemble": {"sets": 2},
}


@pytest.mark.slow
@pytest.mark.parametrize("method", SCHEMES)
def test_every_activation_is_compared(method, tmp_path):
    """The watched values are the neurons' outputs, after dropout and before pooling."""
    config = CoreConfig.model_validate(
        {
            "name": "small",
            "network": {
                "inputs": 16,
                "input_bits": 2,
                "image": [4, 4, 1],
                "convolutions": [{"channels": 5, "pool": 2}],
                "hidden": [4],
                "classes": 3,
            },
            "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
            "bayes": {"method": method, "passes": PASSES, "max_passes": 4, **SCHEMES[method]},
            "random": {"units": 1 if method == "ensemble" else 2},
        }
    )
    rng = np.random.default_rng(5)
    program = random_program(config, rng)
    source = export(AxiCore(config, program), config.name, tmp_path)
    found = compare_layers(program, source, rng.integers(0, 4, 16), passes=PASSES, load=False)
    sizes = [PASSES * layer.vectors * layer.outputs for layer in config.hidden_layers]
    assert [(each.compared, each.mismatches) for each in found.layers] == [(size, 0) for size in sizes]
