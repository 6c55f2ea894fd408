import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import AFFINE_GEOMETRIES, program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize(("configuration", "layer"), AFFINE_GEOMETRIES)
def test_serial_multiplier(configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["serial_multiplier"](contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
