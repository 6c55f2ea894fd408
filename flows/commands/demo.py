"""``bayescim demo``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..base.arguments import DataOption, JsonOption
from ..base.console import notice, show
from ..base.products import Products
from .regress import tell

if TYPE_CHECKING:
    from ..demo.demo import Step

__all__ = ["demo"]


def demo(
    config: Annotated[
        str, typer.Option("--config", "-c", metavar="CONFIG", help="Named configuration or TOML file.")
    ] = "digits",
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Directory of the products.")] = Path(
        "build/demo"
    ),
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train, lower, generate, regress, simulate, synthesize and report; steps that are done are not done again.

    The exit code is 1 where a test fails or the RTL differs from golden.
    """
    products = Products.load(config, output)

    from ..demo.demo import run, steps
    from ..report import report_tables
    from ..road.regress import choose_simulators

    simulators, skipped = choose_simulators(())
    for name, reason in skipped.items():
        notice(f"bayescim: {name} is skipped: {reason}")
    plan = steps(products, simulators, skipped=skipped, data=data, on_result=tell)

    def on_step(number: int, step: "Step", done: bool) -> None:
        notice(f"[{number}/{len(plan)}] {step.name}{': done before' if done else ''}")

    numbers = run(products, plan, on_step)
    show(numbers, report_tables(numbers), as_json=as_json)
    notice(f"The report is {products.report}")
    failed = sum(each.failed for each in (numbers.regression or {}).values())
    if failed or numbers.equivalence.mismatches or numbers.equivalence.statistics_mismatches:
        raise typer.Exit(1)
