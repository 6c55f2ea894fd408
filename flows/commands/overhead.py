"""``bayescim overhead``."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, JsonOption, OutputOption
from ..base.console import notice, show, table
from ..base.files import make_directory
from ..base.number_list import parse_numbers
from ..synthesis.targets import TARGETS

__all__ = ["overhead"]


def overhead(
    config: ConfigArgument,
    output: OutputOption = None,
    hidden: Annotated[
        str, typer.Option("--hidden", metavar="N,N,…", help="Neurons of each hidden layer, for each size.")
    ] = "128,256,512",
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", metavar="|".join(TARGETS), help="Target; may be repeated.", show_default="all"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Synthesize a core at several sizes and tell what its stochastic unit takes of each, into DIR/overhead.json.

    What was synthesized before is not synthesized again.
    """
    base = CoreConfig.load(config)
    widths = parse_numbers("hidden", hidden, int)

    from ..studies.overhead.study import COLUMNS, measure_overhead, overhead_rows, overhead_sentence

    result = measure_overhead(
        base,
        make_directory(output if output is not None else Path("build/overhead") / base.name),
        widths=widths,
        targets=target or tuple(TARGETS),
        on_step=lambda text: notice(f"{base.name}: {text}"),
    )
    show(result, [table(f"{base.name} at several sizes", list(COLUMNS), overhead_rows(result))], as_json=as_json)
    notice(overhead_sentence(result))
