import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.runner import run


@pytest.mark.sim
@pytest.mark.parametrize(("configuration", "layer"), [("spatial", 0), ("spin", 1)])
def test_dropout_neuron(configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["dropout_neuron"](contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)
