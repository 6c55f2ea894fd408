import pytest

from cocotb_tests.blocks import BLOCKS
from cocotb_tests.configurations import program
from cocotb_tests.runner import run


@pytest.mark.sim
def test_entropy(simulator, seed, tmp_path):
    contents = program("entropy", seed)
    case = BLOCKS["entropy"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)


@pytest.mark.sim
@pytest.mark.parametrize("configuration", ["monitored", "entropy"])
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
def test_core(configuration, simulator, seed, tmp_path):
    """All tests of any core, where the unit is watched or has no register."""
    contents = program(configuration, seed)
    case = BLOCKS["core"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
