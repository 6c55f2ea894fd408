"""``bayescim report``."""

from ..base.arguments import ConfigArgument, JsonOption, OutputOption
from ..base.console import notice, show
from ..base.products import Products

__all__ = ["report"]


def report(config: ConfigArgument, output: OutputOption = None, as_json: JsonOption = False) -> None:
    """Write DIR/report.html, one self-contained page, and the same numbers as DIR/report.json."""
    products = Products.load(config, output)

    from ..report import report as step
    from ..report import report_tables

    numbers = step(products)
    show(numbers, report_tables(numbers), as_json=as_json)
    notice(f"The report is {products.report}")
