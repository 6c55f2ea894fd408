import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize("configuration", ["drawn", "drawn_smallest"])
def test_vector_repeater(configuration, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["vector_repeater"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
