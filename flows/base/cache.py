"""Cache of what is built once for a machine."""

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from hdl.config import InputError

__all__ = ["alone", "cache_directory", "compiler", "unwritable"]


def cache_directory() -> Path:
    """Return the directory of built libraries: `$BAYESCIM_CACHE`, or the user's cache directory."""
    return Path(os.environ.get("BAYESCIM_CACHE") or platformdirs.user_cache_dir("bayescim"))


@contextlib.contextmanager
def alone(library: Path) -> Iterator[None]:
    """Keep others, in this process or another, from building ``library``."""
    place = library.parent
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = place.with_suffix(".lock").open("w")
    except OSError as error:
        raise unwritable(place, error) from None
    with lock:
        # Whoever ends, in whatever way, lets go of it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def compiler() -> bytes:
    """Return an identification of the compiler and its target processor."""
    macros = ["c++", "-march=native", "-dM", "-E", "-x", "c++", os.devnull]
    return subprocess.run(macros, capture_output=True, check=True).stdout


def unwritable(place: Path, error: OSError) -> InputError:
    """Return the error of a cache in which ``place`` cannot be made."""
    return InputError(
        f"BAYESCIM_CACHE must be a directory that can be written, not {str(place.parent)!r} ({error.strerror})"
    )
