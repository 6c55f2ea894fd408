"""Every block but whole cores, from the tables."""

import pytest

from cocotb_tests.blocks.blocks import BLOCKS, CORES
from cocotb_tests.blocks.configurations import configuration, program
from cocotb_tests.blocks.geometries import When
from cocotb_tests.cases import each_case
from cocotb_tests.runner.runner import run
from cocotb_tests.runner.simulators import SIMULATORS


@pytest.mark.sim
@each_case(block for name, block in BLOCKS.items() if name not in CORES)
def test_block(block, configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS[block].case(contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_block_is_tested_where_it_exists_and_not_in_the_long_regression_only(block, seed):
    assert all(block.exists(configuration(geometry.configuration, seed)) for geometry in block.geometries)
    assert len(set(block.geometries)) == len(block.geometries)
    runs = [getattr(geometry, simulator) for geometry in block.geometries for simulator in SIMULATORS]
    assert When.ALWAYS in runs
