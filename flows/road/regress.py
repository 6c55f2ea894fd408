"""Step that runs the testbenches."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from cocotb_tests.runner.regress import regress as run_testbenches
from cocotb_tests.runner.runner import Result
from cocotb_tests.runner.simulators import SIMULATORS, Simulator, find_simulator
from hdl.config import InputError

from ..base.files import read, write_atomically
from ..base.products import Products
from ..base.provenance import input_of, provenance
from .generate import load_program, program_input
from .regression_record import RegressionRecord

__all__ = ["choose_simulators", "regress"]


def choose_simulators(names: Sequence[str]) -> tuple[list[Simulator], dict[str, str]]:
    """Return the simulators called ``names``, or all that are installed; and the reason for each that is skipped.

    Raises
    ------
    InputError
        A named simulator, or every one, is missing or too old.
    """
    if names:
        return [find_simulator(name) for name in dict.fromkeys(names)], {}
    found, missing = [], {}
    for name in SIMULATORS:
        try:
            found.append(find_simulator(name))
        except InputError as error:
            missing[name] = str(error)
    if not found:
        raise InputError(next(iter(missing.values())))
    return found, missing


def regress(
    products: Products,
    simulators: Sequence[Simulator],
    *,
    skipped: dict[str, str] | None = None,
    blocks: Sequence[str] | None = None,
    program: Path | None = None,
    verilog: Path | None = None,
    seed: int = 0,
    on_result: Callable[[Result], None],
) -> RegressionRecord:
    """Run the testbenches of every block and of the core, write ``regress.json`` and return its contents.

    Parameters
    ----------
    products
        Source of the Program, and directory of the result.
    simulators
        Simulators to run on.
    skipped
        Simulators that are skipped, with the reasons; the result reports them.
    blocks
        Names of blocks, by default all.
    program
        Contents of the core's memories, by default the Program among the products.
    verilog
        Core to run the core's own tests on.
    seed
        Seed of the testbenches.
    on_result
        Called with the result of each block.

    Raises
    ------
    InputError
        A file or a name cannot be used.
    """
    contents = load_program(products, program)
    if verilog is not None and not verilog.is_file():
        raise InputError(f"verilog must be a Verilog file, not {str(verilog)!r}")
    inputs = {"program": program_input(products, program)}
    if verilog is not None:
        inputs["verilog"] = input_of(products.directory, verilog, read(verilog, products.made_by("generate")))
    with tempfile.TemporaryDirectory(prefix="bayescim-regress-") as scratch:
        results = run_testbenches(
            products.config,
            contents,
            simulators,
            blocks=blocks,
            verilog=verilog,
            directory=Path(scratch),
            seed=seed,
            on_result=on_result,
        )
        logs = {}
        for result in results:
            if result.failed:
                name = f"regress-{result.simulator}-{result.block.replace(' ', '-')}.log"
                logs[name] = write_atomically(products.directory / name, result.log.read_bytes())
    summary = {
        simulator.name: {
            "version": simulator.version,
            "tests": sum(result.tests for result in results if result.simulator == simulator.name),
            "failed": sum(result.failed for result in results if result.simulator == simulator.name),
        }
        for simulator in simulators
    }
    report = {
        "provenance": provenance(products.config, inputs),
        "seed": seed,
        "simulators": summary,
        "skipped": skipped or {},
        "results": [
            {
                "simulator": result.simulator,
                "block": result.block,
                "tests": result.tests,
                "failed": result.failed,
                "seconds": round(result.seconds, 1),
                "error": result.error,
            }
            for result in results
        ],
        "logs": sorted(logs),
    }
    made = RegressionRecord.of(report)
    made.write(products.regression)
    return made
