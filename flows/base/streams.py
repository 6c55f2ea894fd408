"""Standard output and error of any terminal."""

import codecs
import contextlib
import io
import os
import sys
from typing import TextIO

__all__ = ["abandon_output", "prepare_streams", "refuses", "say"]

#: Signs of ours that older character sets lack.
_PLAIN = {"…": "...", "×": "x", "−": "-", "–": "-", "—": "-", "±": "+-", "µ": "u", "≤": "<=", "≥": ">=", "·": "*"}

#: Name of the treatment of signs that a terminal does not have.
_DEGRADE = "bayescim.degrade"


def prepare_streams() -> None:
    """Let the output degrade to what the terminal's character set has; make up for streams that are closed."""
    codecs.register_error(_DEGRADE, _degrade)
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            # Open as long as the program runs.
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_DEGRADE)


def say(line: str) -> None:
    """Print one line on standard error, if there is anybody to read it."""
    with contextlib.suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def refuses(stream: TextIO) -> bool:
    """Return whether ``stream`` does not take what is written to it."""
    try:
        stream.flush()
    except (OSError, ValueError):
        return True
    return False


def abandon_output() -> None:
    """Drop what standard output and error did not take, lest the end of the program complains about it again."""
    for stream in (sys.stdout, sys.stderr):
        if refuses(stream):
            with contextlib.suppress(OSError, ValueError):
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, stream.fileno())
                os.close(null)


def _degrade(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in signs), error.end
