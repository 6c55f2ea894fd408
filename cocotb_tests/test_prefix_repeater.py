import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import WEIGHTED, program
from cocotb_tests.runner.runner import run

#: The layer that is first and last, and first, middle and last ones.
GEOMETRIES = (("smallest_prefix", 0), ("prefix", 0), ("prefix", 1), ("prefix", 2))


@pytest.mark.sim
@pytest.mark.parametrize(("configuration", "layer"), GEOMETRIES)
def test_prefix_repeater(configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["prefix_repeater"](contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)


def test_all_configurations_with_weights():
    assert {name for name, _ in GEOMETRIES} == set(WEIGHTED)
