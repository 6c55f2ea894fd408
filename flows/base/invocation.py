"""One run of a command: what it claims and what it has written."""

import contextlib
import contextvars
import datetime
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from hdl.config import InputError

__all__ = ["LOCK", "PARTIAL", "Invocation"]

#: File in a directory of products that names the run that writes there.
LOCK = ".bayescim.lock"

#: Ending of the names of files that are being written.
PARTIAL = ".partial"

#: Most names in one line.
_NAMED = 3

_CURRENT: contextvars.ContextVar["Invocation | None"] = contextvars.ContextVar("invocation", default=None)


class Invocation:
    """A run from its command line to its exit code.

    Parameters
    ----------
    arguments
        The command line without the program.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._command = " ".join(["bayescim", *arguments])
        self._since = datetime.datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
        self._written: dict[Path, None] = {}
        self._resumes = False
        self._locks = contextlib.ExitStack()
        self._claimed: set[Path] = set()

    @classmethod
    @contextlib.contextmanager
    def of(cls, arguments: Sequence[str]) -> Iterator["Invocation"]:
        """Make a run the current one while the block runs; then what it claims is free again."""
        invocation = cls(arguments)
        token = _CURRENT.set(invocation)
        try:
            with invocation._locks:
                yield invocation
        finally:
            _CURRENT.reset(token)

    @staticmethod
    def current() -> "Invocation | None":
        """Return the current run, None in a program that is not the command line."""
        return _CURRENT.get()

    def claim(self, directory: Path, *, made: bool = False) -> None:
        """Keep other runs from writing into ``directory``, and remove what killed ones left there.

        If it was ``made`` for this run, it is removed at the end where nothing was written.

        Raises
        ------
        InputError
            Another run writes there; the line names it.
        """
        place = directory.resolve()
        if place in self._claimed:
            return
        lock = _lock(place / LOCK)
        if lock is None:
            holder = _holder(place / LOCK)
            raise InputError(f"output must be a directory that no other run writes, not {str(directory)!r}: {holder}")
        self._locks.callback(_release, place / LOCK, lock, made=made)
        self._claimed.add(place)
        told = {"pid": os.getpid(), "command": self._command, "since": self._since}
        with contextlib.suppress(OSError):
            os.ftruncate(lock, 0)
            os.write(lock, json.dumps(told).encode())
        for left in place.glob(f".*{PARTIAL}"):
            with contextlib.suppress(OSError):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()

    def wrote(self, path: Path, *, resumes: bool) -> None:
        """Note that ``path`` is written; ``resumes`` tells whether the same command goes on from there."""
        self._written[path] = None
        self._resumes |= resumes

    @property
    def kept(self) -> str:
        """Outcome if the run ends here, in words."""
        if not self._written:
            return "nothing was written"
        names = [str(path) for path in self._written]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        goes_on = ", from which the same command goes on" if self._resumes else ""
        return f"kept: {', '.join(names[:_NAMED])}{more}{goes_on}; the rest of this run is lost"


def _lock(path: Path) -> int | None:
    """Return the open lock; None where another run has it."""
    while True:
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise InputError(
                f"output must be a directory that can be written, not {str(path.parent)!r} ({error.strerror})"
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        except OSError:
            # A file system without locks: there is no other run that could be seen.
            return lock
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock), path.stat()):
                return lock
        # The run that had it has removed the file meanwhile.
        os.close(lock)


def _release(path: Path, lock: int, *, made: bool) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
        if made:
            # Refused where anything is in it.
            path.parent.rmdir()
    os.close(lock)


def _holder(path: Path) -> str:
    """Return who holds the lock, in words."""
    try:
        told = json.loads(path.read_bytes())
        return f"`{told['command']}` (process {told['pid']}) runs there since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run has just begun there"
