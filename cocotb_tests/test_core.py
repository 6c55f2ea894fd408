import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import CONFIGURATIONS, DRAWN_GEOMETRIES, SCHEMES, WEIGHTED, program
from cocotb_tests.runner.runner import run


def check(configuration, simulator, seed, directory):
    contents = program(configuration, seed)
    case = BLOCKS["core"](contents, contents.config.layers[0])
    run(case, directory=directory, simulator=simulator, seed=seed)


@pytest.mark.sim
@pytest.mark.parametrize(
    "configuration",
    [*CONFIGURATIONS, *WEIGHTED, "residual", "one_pixel", "predictive", "affine", "affine_maps"],
)
def test_core(configuration, simulator, seed, tmp_path):
    check(configuration, simulator, seed, tmp_path)


@pytest.mark.sim
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
def test_core_of_odd_sizes(simulator, seed, tmp_path):
    """A Verilator build takes longer than all its tests."""
    check("odd", simulator, seed, tmp_path)


@pytest.mark.sim
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
@pytest.mark.parametrize("configuration", SCHEMES)
def test_core_of_schemes(configuration, simulator, seed, tmp_path):
    check(configuration, simulator, seed, tmp_path)


@pytest.mark.sim
@pytest.mark.parametrize("configuration", [configuration for configuration, _ in DRAWN_GEOMETRIES])
def test_core_of_drawn_weights(configuration, simulator, seed, tmp_path):
    check(configuration, simulator, seed, tmp_path)
