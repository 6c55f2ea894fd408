import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
def test_entropy(simulator, seed, tmp_path):
    contents = program("entropy", seed)
    case = BLOCKS["entropy"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)


@pytest.mark.sim
@pytest.mark.parametrize(
    ("configuration", "block"),
    [
        ("monitored", "core"),
        ("entropy", "core"),
        ("entropy", "axi_core"),
        ("entropies", "core"),
        ("entropies", "axi_core"),
        ("monitored", "control"),
        ("units", "core"),
        ("watched", "core"),
        ("watched", "control"),
        ("watched_channels", "core"),
        ("watched_channels", "control"),
    ],
)
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
def test_any_core(configuration, block, simulator, seed, tmp_path):
    """All that any core must do, where units are watched, have no register, or are several."""
    contents = program(configuration, seed)
    case = BLOCKS[block](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
