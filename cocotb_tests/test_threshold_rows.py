import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import AFFINE_GEOMETRIES, GEOMETRIES, program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize(("configuration", "layer"), [*GEOMETRIES, *AFFINE_GEOMETRIES])
def test_threshold_rows(configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["threshold_rows"](contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
