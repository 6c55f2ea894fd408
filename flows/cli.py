"""The command line. Each command is a file in :mod:`flows.commands`."""

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig, InputError

from . import commands
from .base.console import notice

__all__ = ["app", "main", "run"]

#: What a shell reports of a program that was stopped from the keyboard, 128 + SIGINT.
_INTERRUPTED = 130

app = typer.Typer(
    name="bayescim",
    help="Bayesian binary neural networks as verified compute-in-memory cores.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    # A traceback is a bug of ours, and is reported with the plain one.
    pretty_exceptions_enable=False,
)
commands.register(app)


@app.callback()
def options(
    plugin: Annotated[
        list[Path],
        typer.Option(metavar="DIR", help="Folder with schemes, devices or studies of yours (docs/extending.md)."),
    ] = [],  # noqa: B006
) -> None:
    """Do what comes before every command."""
    for folder in plugin:
        CoreConfig.add_plugin(folder)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 is success, 1 a regression or comparison that failed, 2 bad input, told in one line on standard
    error, and 130 an interruption from the keyboard.
    """
    try:
        code = app(args=arguments, prog_name="bayescim", standalone_mode=False)
    except (InputError, typer.TyperException) as error:
        text = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        # A usage error may have several lines, but a caller was promised one.
        notice("bayescim: " + " ".join(text.split()))
        return 2
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        notice("bayescim: interrupted; what was finished is kept, and the same command goes on from there")
    return int(code or 0)


def main() -> None:
    """Entry point of the ``bayescim`` program."""
    # Amaranth's, of components that are made to look at their ports and never elaborated.
    warnings.filterwarnings("ignore", message=".* created but never used")
    sys.exit(run())
