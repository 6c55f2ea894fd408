"""Whole cores."""

import dataclasses

import pytest

from cocotb_tests.blocks.blocks import BLOCKS, CORES
from cocotb_tests.blocks.configurations import configuration, program
from cocotb_tests.blocks.geometries import When
from cocotb_tests.cases import each_case
from cocotb_tests.runner.runner import run
from cocotb_tests.runner.simulators import SIMULATORS, find_simulator
from hdl.config.schemes import schemes


@pytest.mark.sim
@each_case(BLOCKS[name] for name in CORES)
def test_core(block, configuration, layer, simulator, seed, tmp_path):
    contents = program(configuration, seed)
    case = BLOCKS[block].case(contents, contents.config.layers[layer])
    run(case, directory=tmp_path, simulator=simulator, seed=seed)


@pytest.mark.sim
@pytest.mark.parametrize("configuration", ["smallest", pytest.param("padded", marks=pytest.mark.slow)])
def test_a_thousand_sequences(configuration, seed, tmp_path):
    """Together with the other configuration: no hang and no wrong answer, whatever the ports are made to do."""
    case = BLOCKS["axi_core"].case(program(configuration, seed))
    case = dataclasses.replace(case, label="traffic", values={"sequences": 500})
    only = ["traffic_is_answered"]
    run(case, directory=tmp_path, simulator=find_simulator("verilator"), seed=seed, only=only)


def always(block, simulator, seed):
    """Return the configurations of a block that are simulated in every run."""
    geometries = [each for each in BLOCKS[block].geometries if getattr(each, simulator) is When.ALWAYS]
    return [configuration(each.configuration, seed) for each in geometries]


def test_every_kind_of_core_is_simulated_in_every_run(seed):
    """Of each method, of vectors and of maps, and with all that only some cores have."""
    configs = [
        config
        for block in ("core", "macro_core")
        for simulator in SIMULATORS
        for config in always(block, simulator, seed)
    ]
    assert {config.bayes.method for config in configs} == set(schemes())
    for has in (
        lambda config: config.layers[0].window is not None,
        lambda config: config.passes_weighted,
        lambda config: config.measures is not None,
        lambda config: config.self_test is not None,
        lambda config: config.stochastic.external,
        lambda config: config.macro is not None,
    ):
        assert {has(config) for config in configs} == {False, True}


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_the_core_behind_its_ports_is_simulated_in_every_run(simulator, seed):
    assert always("axi_core", simulator, seed)
