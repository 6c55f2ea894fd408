import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.runner import run

#: The first layer has none. In the last of `padded` there are several row tiles.
_GEOMETRIES = (("smallest", 1), ("padded", 1), ("padded", 2), ("random", -1))


@pytest.mark.sim
@pytest.mark.parametrize(("configuration", "layer"), _GEOMETRIES)
def test_line_driver(configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["line_driver"](contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
