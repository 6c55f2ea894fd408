"""Arguments shared by several commands."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from .bounds import LARGEST_SEED

__all__ = [
    "ConfigArgument",
    "DataOption",
    "DeterministicOption",
    "JsonOption",
    "OutputOption",
    "PassesOption",
    "ProgramOption",
    "SeedOption",
    "VerilogOption",
]

ConfigArgument = Annotated[
    str,
    typer.Argument(metavar="CONFIG", help=f"Named configuration ({', '.join(CoreConfig.names())}) or TOML file."),
]

OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="DIR", help="Directory of the products.", show_default="build/<name>"),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Directory of the data set, where it does not ship with a package."),
]

ProgramOption = Annotated[
    Path | None,
    typer.Option("--program", metavar="FILE", help="Program of the core.", show_default="DIR/<name>.npz"),
]

PassesOption = Annotated[
    int | None,
    typer.Option("--passes", metavar="T", help="Monte-Carlo passes per input.", show_default="of the configuration"),
]

SeedOption = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed.", show_default="of the configuration"),
]

VerilogOption = Annotated[
    Path | None,
    typer.Option(
        "--verilog",
        metavar="FILE",
        help="Verilog that somebody edited or synthesized, to use instead.",
        show_default="DIR/<name>.v",
    ),
]

DeterministicOption = Annotated[
    bool,
    typer.Option("--deterministic", help="The deterministic twin of the network, in DIR/deterministic."),
]
