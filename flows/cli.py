"""Command line.

Each command is a file in :mod:`flows.commands`.
"""

import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig, InputError

from . import commands
from .base.console import notice
from .studies.registry import Listing, find_studies

__all__ = ["main", "run"]

#: Exit code of a program that was stopped from the keyboard, 128 + SIGINT.
_INTERRUPTED = 130

#: Option before the command that names a folder of extensions.
_PLUGIN = "--plugin"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 is success, 1 a regression or comparison that failed, 2 bad input, reported in one line on standard
    error, and 130 an interruption from the keyboard.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        for folder in _plugin_folders(given):
            CoreConfig.add_plugin(Path(folder))
        code = _application(find_studies())(args=given, prog_name="bayescim", standalone_mode=False)
    except (InputError, typer.TyperException) as error:
        text = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        # A usage error may have several lines, but the contract is one.
        notice("bayescim: " + " ".join(text.split()))
        return 2
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        notice("bayescim: interrupted; what was finished is kept, and the same command goes on from there")
    return int(code or 0)


def _application(studies: tuple[Listing, ...]) -> typer.Typer:
    """Return the application with the commands of these studies."""
    app = typer.Typer(
        name="bayescim",
        add_completion=False,
        context_settings={"help_option_names": ["--help", "-h"]},
        # A traceback is a bug of ours, and is reported with the plain one.
        pretty_exceptions_enable=False,
    )
    about = "Bayesian binary neural networks as verified compute-in-memory cores."
    app.callback(help=about, invoke_without_command=True)(_options)
    commands.register(app, studies)
    return app


def _options(
    context: typer.Context,
    plugin: Annotated[
        list[Path] | None,
        typer.Option(
            _PLUGIN,
            metavar="DIR",
            help="Folder with your own schemes, devices or studies (docs/extending.md); may be repeated.",
        ),
    ] = None,
) -> None:
    """Take the options before the command, or show the help without one; extensions are known already."""
    del plugin
    if context.invoked_subcommand is None:
        print(context.get_help())


def _plugin_folders(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the folders that are named before the command."""
    rest = iter(arguments)
    for argument in rest:
        name, given, value = argument.partition("=")
        if name != _PLUGIN:
            return
        folder = value if given else next(rest, None)
        if folder is not None:
            yield folder


def main() -> None:
    """Entry point of the ``bayescim`` program."""
    # Amaranth's warning about components that are made only for their ports.
    warnings.filterwarnings("ignore", message=".* created but never used")
    sys.exit(run())
