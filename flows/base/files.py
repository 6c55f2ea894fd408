"""Atomic files."""

import ctypes
import errno
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydantic_core

from hdl.config import InputError

from .invocation import PARTIAL, Invocation

__all__ = [
    "claim_directory",
    "make_directory",
    "read",
    "read_given",
    "read_json",
    "to_json",
    "write_atomically",
    "write_folder",
]

#: Arguments of renameat2: paths are absolute or of the working directory, and both names change places.
_HERE, _EXCHANGE = -100, 2


def write_atomically(path: Path, content: bytes, *, resumes: bool = False) -> Path:
    """Write ``content`` to ``path`` atomically; return ``path``.

    A symbolic link stays one, and the file that it points to is replaced. What is no file of the disk, such as a
    terminal or a pipe, is written to.

    Parameters
    ----------
    path, content
        The file and its bytes.
    resumes
        Whether the same command, if it is stopped later, goes on from this file.

    Raises
    ------
    InputError
        The directory cannot be written, or the disk is full; the old file at ``path`` is untouched.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            _replace(target, content)
    # A link that leads to itself is a RuntimeError until Python 3.13.
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "Too many levels of symbolic links"
        raise InputError(f"output must be a file that can be written, not {str(path)!r} ({reason})") from None
    _note(path, resumes=resumes)
    return path


def _replace(target: Path, content: bytes) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}{PARTIAL}")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def write_folder(path: Path, files: Mapping[str, bytes], *, mark: str) -> list[Path]:
    """Write ``files`` into the folder ``path`` in one step: all of them replace all that was there, or none.

    A symbolic link stays one, and the folder that it points to is replaced.

    Parameters
    ----------
    path, files
        The folder, and its files by their names.
    mark
        Name of a file by which a folder of this kind is known.

    Raises
    ------
    InputError
        The folder cannot be written, the disk is full, or a folder of another kind is there; it is untouched.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if target.exists() and not (target / mark).exists() and any(target.iterdir()):
            raise InputError(f"output must have no folder {path.name!r} of other origin: it has no file {mark!r}")
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.{os.getpid()}{PARTIAL}")
        try:
            partial.mkdir()
            for name, content in files.items():
                (partial / name).write_bytes(content)
            _exchange(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "Too many levels of symbolic links"
        raise InputError(f"output must be a directory that can be written, not {str(path)!r} ({reason})") from None
    _note(path, resumes=False)
    return [path / name for name in files]


def _exchange(new: Path, old: Path) -> None:
    """Give the folder ``new`` the name of ``old``, and that one, if there is any, the name of ``new``."""
    if not old.exists():
        new.rename(old)
        return
    # Python has no call for it.
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is not None:
        names = (_HERE, os.fsencode(new.absolute()), _HERE, os.fsencode(old.absolute()))
        if rename(*names, _EXCHANGE) == 0:
            return
        if ctypes.get_errno() not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    # A file system or a system that cannot: for a moment there is none.
    aside = new.with_name(f"{new.name}.old{PARTIAL}")
    old.rename(aside)
    new.rename(old)
    aside.rename(new)


def _note(path: Path, *, resumes: bool) -> None:
    invocation = Invocation.current()
    if invocation is not None:
        invocation.wrote(path, resumes=resumes)


def make_directory(path: Path) -> Path:
    """Make ``path`` a writable directory, before any work is done for it.

    Raises
    ------
    InputError
        It is a file, cannot be made or cannot be written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        reason = None if os.access(path, os.W_OK | os.X_OK) else "Permission denied"
    except OSError as error:
        reason = error.strerror
    if reason is not None:
        raise InputError(f"output must be a directory that can be written, not {str(path)!r} ({reason})")
    return path


def claim_directory(path: Path) -> Path:
    """Make ``path`` a writable directory into which no other run writes until this one ends.

    Raises
    ------
    InputError
        As in :func:`make_directory`, or another run writes there.
    """
    made = not path.exists()
    make_directory(path)
    invocation = Invocation.current()
    if invocation is not None:
        invocation.claim(path, made=made)
    return path


def read(path: Path, made_by: str) -> bytes:
    """Return the contents of ``path``.

    Raises
    ------
    InputError
        It cannot be read, or is missing; then the message names the command ``made_by`` that makes it.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} must exist, and does not: run `{made_by}` first") from None
    except OSError as error:
        raise InputError(f"{path} must be a file that can be read ({error.strerror})") from None


def read_given(field: str, path: Path) -> bytes:
    """Return the contents of the file that the argument ``field`` names.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{field} must be a file that can be read, not {str(path)!r} ({error.strerror})") from None


def to_json(value: Any) -> str:
    """Return ``value`` as indented JSON; the same value gives the same text.

    Models, data classes, enumerations and paths are supported; NaN and infinity become null.
    """
    try:
        return pydantic_core.to_json(value, indent=2, inf_nan_mode="null").decode() + "\n"
    except pydantic_core.PydanticSerializationError:
        # Names of files that are no text in this locale: JSON has escapes for what they hold.
        plain = pydantic_core.to_jsonable_python(value, inf_nan_mode="null")
        return json.dumps(plain, indent=2) + "\n"


def read_json(path: Path, made_by: str) -> Any:
    """Return the contents of the JSON file ``path``.

    Raises
    ------
    InputError
        As in :func:`read`, or it is not whole JSON.
    """
    try:
        return pydantic_core.from_json(read(path, made_by))
    except InputError:
        raise
    except ValueError:
        raise InputError(f"{path} must be whole JSON, and is not: run `{made_by}` again") from None
