"""``bayescim generate``."""

from typing import Annotated

import typer

from ..base.arguments import ConfigArgument, DeterministicOption, JsonOption, OutputOption, ProgramOption
from ..base.console import notice, show, table
from ..base.products import Products

__all__ = ["generate"]


def generate(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Empty memories, although DIR has a Program: it is loaded before use.")
    ] = False,
    deterministic: DeterministicOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the core as DIR/NAME.v, and its ports, configuration and provenance as DIR/NAME.json."""
    products = Products.load(config, output).choose(deterministic)

    from ..road.generate import generate as step

    metadata = step(products, program=program, empty=empty)
    contents = metadata.program
    if contents is None:
        reason = "" if empty else f"there is no {products.program}, so "
        notice(f"bayescim: {reason}the memories are empty until they are loaded")
    result = {
        "verilog": products.verilog,
        "metadata": products.metadata,
        "program": contents.sha256 if contents else None,
        "config_hash": products.config.hash,
    }
    rows = [[name, str(value)] for name, value in result.items() if value is not None]
    show(result, [table(f"Core {products.config.name}", ["product", "value"], rows)], as_json=as_json)
