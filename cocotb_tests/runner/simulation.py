"""One simulation, in a process of its own.

No other module knows cocotb's runner, which is still experimental. The runner takes settings from the environment,
writes into its process's output and may exit. In a process of its own it does none of that to the caller, and a
simulator that hangs can be stopped.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from cocotb_tools import config
from cocotb_tools.runner import get_runner

from cocotb_tests.runner.plain_paths import PlainPaths, is_plain
from cocotb_tests.runner.runtime_cache import RuntimeCache

__all__ = ["simulate"]


def simulate(request: dict[str, Any]) -> None:
    """Build the Verilog and run the testbench as the file written by :mod:`cocotb_tests.runner.runner` says."""
    directory = Path(request["directory"])
    with PlainPaths() as plain:
        # The runner follows links.
        build = directory if is_plain(directory) else plain.directory()
        _name_plainly(plain)
        cache = None
        if request["runtime"] is not None:
            cache = RuntimeCache(Path(request["runtime"]), os.environ["MAKEFLAGS"])
            os.environ["MAKEFLAGS"] += f" {cache.make_variables(plain)}"
        runner = get_runner(request["simulator"])
        runner.build(
            sources=[plain(Path(request["verilog"]))],
            hdl_toplevel=request["name"],
            build_dir=build,
            build_args=request["build_arguments"],
            timescale=("1ns", "1ps"),
            always=True,
        )
        if cache is not None:
            cache.keep(build)
        runner.test(
            hdl_toplevel=request["name"],
            test_module=request["test_module"],
            build_dir=build,
            seed=request["seed"],
            results_xml=request["results"],
            testcase=request["only"],
        )


def _name_plainly(plain: PlainPaths) -> None:
    """Give the libraries of cocotb and Verilator's runtime names that make takes."""
    config.libs_dir = plain(config.libs_dir)
    config.share_dir = plain(config.share_dir)
    os.environ.update(plain.verilator(os.environ))


if __name__ == "__main__":
    simulate(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
