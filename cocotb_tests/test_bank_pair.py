import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import CONFIGURATIONS, program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize("configuration", CONFIGURATIONS[:1])
def test_bank_pair(configuration, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["bank_pair"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
