import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import CONFIGURATIONS, program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize("configuration", CONFIGURATIONS[:2])
def test_queued_branch(configuration, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["queued_branch"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
