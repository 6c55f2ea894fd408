import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import WEIGHTED, program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize("configuration", WEIGHTED)
def test_mask_sequencer(configuration, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["mask_sequencer"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
