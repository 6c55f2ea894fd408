import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
def test_unit_faults(simulator, seed, tmp_path):
    contents = program("entropies", seed)
    case = BLOCKS["unit_faults"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
