"""Application: all commands, and one net under them."""

import errno
import logging
import os
import pathlib
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from hdl.caches import tell_tools
from hdl.config import CoreConfig, InputError

from . import commands
from .base.invocation import Invocation
from .base.memory import memory_ran_out
from .base.streams import say
from .studies.registry import Listing, find_studies

__all__ = ["run"]

#: Exit code of bad input, and of whatever else keeps a command from its end.
_FAILED = 2

#: Exit code of a program whose reader went away, 128 + SIGPIPE, and that was stopped from the keyboard, 128 + SIGINT.
_NO_READER = 141
_INTERRUPTED = 130

#: Variable under which a fault of ours is shown with its traceback.
_TRACEBACK = "BAYESCIM_TRACEBACK"

#: Option before the command that names a folder of extensions.
_PLUGIN = "--plugin"

#: Conditions of the machine that no command can do anything about.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

#: Modules of Python that write files, and no standard output.
_FILES = (pathlib.__file__, shutil.__file__, tempfile.__file__)


def run(arguments: Sequence[str], *, interrupted: Callable[[], bool]) -> int:
    """Run one command and return its exit code; whatever stops it is one line on standard error.

    ``interrupted`` tells whether the program was asked to end: an error is then its consequence.
    """
    with Invocation.of(arguments) as invocation:
        try:
            code = _run(arguments)
            # What standard output does not take is found here, and not after the end.
            sys.stdout.flush()
        except (KeyboardInterrupt, typer.Abort):
            code = _INTERRUPTED
        except BaseException as error:
            code = _INTERRUPTED if interrupted() else _NO_READER if _lost_its_reader(error) else _FAILED
            if os.environ.get(_TRACEBACK):
                traceback.print_exception(error)
            if code == _FAILED:
                say("bayescim: " + " ".join(_reason(error).split()))
        if code == _INTERRUPTED:
            say(f"bayescim: interrupted; {invocation.kept}")
        return code


def _run(arguments: Sequence[str]) -> int:
    tell_tools()
    # Without a place for its fonts it works as well, and would say so in two lines at every start.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    for folder in _plugin_folders(arguments):
        CoreConfig.add_plugin(Path(folder))
    application = _application(find_studies())
    return int(application(args=list(arguments), prog_name="bayescim", standalone_mode=False) or 0)


def _lost_its_reader(error: BaseException) -> bool:
    """Return whether the reader of the output went away, such as `head`, which is no error to talk about."""
    # The command line's library makes an exit of it.
    return any(isinstance(each, BrokenPipeError) for each in (error, error.__context__))


def _reason(error: BaseException) -> str:
    """Return in one line what stopped a command."""
    while isinstance(error, BaseExceptionGroup):
        # One is enough; the others were stopped.
        error = error.exceptions[0]
    text = " ".join(str(error).split())
    if isinstance(error, InputError):
        return text
    if isinstance(error, typer.TyperException):
        return error.format_message()
    if memory_ran_out(error):
        return f"memory must be enough for the command, and ran out ({text or 'no more details'})"
    if isinstance(error, RecursionError):
        return f"input must not be nested as deeply as this one ({text})"
    if isinstance(error, OSError) and error.strerror:
        places = [str(name) for name in (error.filename, error.filename2) if name is not None]
        what = ", ".join(places) or _unnamed(error)
        if error.errno in _NO_ROOM:
            return f"{what} must have room for what is written, and has none ({error.strerror})"
        return f"{what} must be usable, and is not ({error.strerror})"
    return f"unforeseen {type(error).__name__}: {text} ({_place(error)}); {_TRACEBACK}=1 shows the way there"


def _unnamed(error: OSError) -> str:
    """Return what an error is about that names no file."""
    files = {frame.filename for frame in traceback.extract_tb(error.__traceback__)}
    return "a temporary file" if files & set(_FILES) else "standard output"


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


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
