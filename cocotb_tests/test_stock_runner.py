"""Cores under cocotb's own runner, with what it asks of Icarus by itself."""

import json
import os
import subprocess
import sys

import pytest
from cocotb_tools.check_results import get_results

from cocotb_tests.agents.parameters import VARIABLE, Parameters
from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from hdl.verilog import export

#: Nothing of ours: no option but the time scale, which a testbench with a clock needs.
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
        text=True,
        check=False,
        timeout=500,
    )
    assert results.is_file(), done.stdout[-3000:] + done.stderr[-3000:]
    assert get_results(results) == (case.tests, 0), done.stdout[-3000:]
    assert "-g2012" in done.stdout + done.stderr
