import dataclasses

import pytest

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import CONFIGURATIONS, program
from cocotb_tests.runner.runner import run
from cocotb_tests.runner.simulators import SIMULATORS, find_simulator

#: A build takes longer than its tests, so each simulator has two; `bayescim regress` runs any on both.
PAIRS = [
    ("verilator", "padded"),
    ("verilator", "deterministic"),
    ("icarus", "smallest"),
    ("icarus", "random"),
    ("icarus", "predictive"),
    ("icarus", "prefix"),
    ("icarus", "watched"),
]


def test_pairs_leave_nothing_out():
    assert {configuration for _, configuration in PAIRS} == {*CONFIGURATIONS, "predictive", "prefix", "watched"}
    assert {simulator for simulator, _ in PAIRS} == set(SIMULATORS)


@pytest.mark.sim
@pytest.mark.parametrize(("simulator", "configuration"), PAIRS, indirect=["simulator"])
def test_axi_core(configuration, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS["axi_core"](contents, contents.config.layers[0])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)


@pytest.mark.sim
@pytest.mark.parametrize("configuration", ["smallest", "padded"])
def test_a_thousand_sequences(configuration, seed, tmp_path):
    """Together with the other configuration: no hang and no wrong answer, whatever the ports are made to do."""
    contents = program(configuration, seed)
    case = BLOCKS["axi_core"](contents, contents.config.layers[0])
    case = dataclasses.replace(case, label="traffic", values={"sequences": 500})
    only = ["traffic_is_answered"]
    run(case, directory=tmp_path, simulator=find_simulator("verilator"), seed=seed, only=only)
