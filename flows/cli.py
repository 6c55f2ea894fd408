"""Command line.

Each command is a file in :mod:`flows.commands`. Nothing heavy is loaded before an interruption is one line.
"""

import os
import sys
import warnings
from collections.abc import Callable, Sequence

from .base.interruption import Interruption, Stopped
from .base.memory import memory_ran_out
from .base.streams import abandon_output, prepare_streams, say

__all__ = ["main", "run"]

#: Exit code of a program that was stopped from the keyboard, 128 + SIGINT.
_INTERRUPTED = 130

_FAILED = 2


def run(arguments: Sequence[str] | None = None, *, interrupted: Callable[[], bool] = lambda: False) -> int:
    """Run one command and return its exit code; ``interrupted`` tells whether the program was asked to end.

    0 is success, 1 a regression or comparison that failed, 2 bad input or whatever else keeps the command from its end,
    reported in one line on standard error; 130 an interruption from the keyboard, and 141 a reader of standard output
    that went away.
    """
    try:
        from .application import run as command

        return command(sys.argv[1:] if arguments is None else list(arguments), interrupted=interrupted)
    except BaseException as error:
        if interrupted() or isinstance(error, KeyboardInterrupt):
            say("bayescim: interrupted; nothing was written")
            return _INTERRUPTED
        # Nothing but the import of a package can fail here.
        text = " ".join(f"{type(error).__name__}: {error}".split())
        if memory_ran_out(error):
            say(f"bayescim: memory must be enough to load the packages, and ran out ({text})")
        else:
            say(f"bayescim: packages must be installed whole, and are not ({text}): python3 -m pip install bayescim")
        return _FAILED


def main() -> None:
    """Entry point of the ``bayescim`` program."""
    # Amaranth's warning about components that are made only for their ports.
    warnings.filterwarnings("ignore", message=".* created but never used")
    prepare_streams()
    try:
        _watched_run()
    except KeyboardInterrupt as error:
        # While the watch began or ended.
        say("bayescim: interrupted; files that were finished are kept")
        os._exit(error.code if isinstance(error, Stopped) else _INTERRUPTED)


def _watched_run() -> None:
    """Run the command line under the watch over signals, and exit."""
    with Interruption(_last_word).watched() as interruption:
        try:
            code = run(interrupted=lambda: interruption.code is not None)
        except Stopped:
            # Between the end of the command and that of the watch.
            code = _INTERRUPTED
        abandon_output()
        code = code if interruption.code is None else interruption.code
    if interruption.code is not None:
        # Threads that wait for what was stopped would hold the program up.
        os._exit(code)
    sys.exit(code)


def _last_word() -> None:
    say("bayescim: interrupted, and ended where it did not end by itself; files that were finished are kept")
