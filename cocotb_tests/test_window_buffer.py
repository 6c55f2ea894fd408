import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize(("configuration", "layer"), [("residual", 0), ("odd", 1), ("one_pixel", 0)])
def test_window_buffer(configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["window_buffer"](contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
