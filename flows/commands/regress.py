"""``bayescim regress``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..base.arguments import ConfigArgument, JsonOption, OutputOption, ProgramOption, VerilogOption
from ..base.bounds import LARGEST_SEED
from ..base.console import notice, show, table
from ..base.products import Products

if TYPE_CHECKING:
    from cocotb_tests.runner.runner import Result

__all__ = ["regress", "tell"]


def regress(
    config: ConfigArgument,
    output: OutputOption = None,
    simulator: Annotated[
        list[str] | None,
        typer.Option(
            "--simulator", "-s", metavar="NAME", help="verilator or icarus; may be repeated.", show_default="all found"
        ),
    ] = None,
    block: Annotated[
        list[str] | None,
        typer.Option("--block", "-b", metavar="NAME", help="Block to test; may be repeated.", show_default="all"),
    ] = None,
    program: ProgramOption = None,
    verilog: VerilogOption = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of the testbenches.")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Run the testbenches against golden, into DIR/regress.json. The exit code is 1 where one fails."""
    products = Products.load(config, output)

    from ..road.regress import choose_simulators
    from ..road.regress import regress as step

    simulators, skipped = choose_simulators(simulator or ())
    for name, reason in skipped.items():
        notice(f"bayescim: {name} is skipped: {reason}")
    result = step(
        products,
        simulators,
        skipped=skipped,
        blocks=block,
        program=program,
        verilog=verilog,
        seed=seed,
        on_result=tell,
    )
    rows = [
        [each.block, each.simulator, str(each.tests), str(each.failed), f"{each.seconds:.1f}"]
        for each in result.results
    ]
    tables = [table("Regression", ["block", "simulator", "tests", "failed", "seconds"], rows)]
    rows = [[name, each.version, str(each.tests), str(each.failed)] for name, each in result.simulators.items()]
    rows += [[name, "skipped", "", ""] for name in result.skipped]
    tables.append(table("In all", ["simulator", "version", "tests", "failed"], rows))
    show(result, tables, as_json=as_json)
    if result.failed:
        raise typer.Exit(1)


def tell(result: "Result") -> None:
    """Print a line as soon as a block is done."""
    state = f"{result.failed} of {result.tests} FAILED" if result.failed else f"{result.tests} passed"
    state += f" ({result.error})" if result.error else ""
    notice(f"{result.simulator:10} {result.block:40} {state}, {result.seconds:.1f} s")
