"""Whole cores."""

import dataclasses
import json
import os
import subprocess
import sys

import pytest
from cocotb_tools.check_results import get_results

from cocotb_tests.agents.parameters import VARIABLE, Parameters
from cocotb_tests.blocks.blocks import BLOCKS, CORES
from cocotb_tests.blocks.configurations import configuration, program
from cocotb_tests.blocks.geometries import When
from cocotb_tests.cases import each_case
from cocotb_tests.runner.runner import run
from cocotb_tests.runner.simulators import SIMULATORS, find_simulator
from hdl.config.schemes import schemes
from hdl.verilog import export

#: cocotb's own runner with what it asks of Icarus by itself, SystemVerilog-2012. A testbench with a clock needs the
#: time scale.
RUN = """
import json, sys
from cocotb_tools.runner import get_runner

request = json.loads(sys.argv[1])
runner = get_runner("icarus")
runner.build(
    sources=[request["source"]],
    hdl_toplevel=request["top"],
    build_dir=request["directory"],
    timescale=("1ns", "1ps"),
)
runner.test(
    hdl_toplevel=request["top"],
    test_module="cocotb_tests.tb.axi.tb_axi_core",
    build_dir=request["directory"],
    results_xml=request["results"],
    seed=1,
)
"""


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


@pytest.mark.sim
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
@pytest.mark.parametrize("configuration", ["smallest", pytest.param("prefix", marks=pytest.mark.slow)])
@pytest.mark.usefixtures("simulator")
def test_the_core_under_the_stock_runner(configuration, seed, tmp_path):
    case = BLOCKS["axi_core"].case(program(configuration, seed))
    parameters, results = tmp_path / "parameters.json", tmp_path / "results.xml"
    Parameters(seed=seed, config=case.config, program=case.program, values=case.values).save(parameters)
    source = export(case.component, case.top, tmp_path)
    request = {"source": str(source), "top": case.top, "directory": str(tmp_path), "results": str(results)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(request)],
        env={**os.environ, VARIABLE: str(parameters), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=500,
    )
    assert results.is_file(), done.stdout[-3000:] + done.stderr[-3000:]
    assert get_results(results) == (case.tests, 0), done.stdout[-3000:]
