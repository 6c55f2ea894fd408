"""Atomic files."""

import os
from pathlib import Path
from typing import Any

import pydantic_core

from hdl.config import InputError

__all__ = ["make_directory", "read", "read_json", "to_json", "write_atomically"]


def write_atomically(path: Path, content: bytes) -> Path:
    """Write ``content`` to ``path`` atomically; return ``path``.

    Raises
    ------
    InputError
        The directory cannot be written, or the disk is full; the old file at ``path`` is untouched.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        try:
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"output must be a file that can be written, not {str(path)!r} ({error.strerror})") from None
    return path


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


def to_json(value: Any) -> str:
    """Return ``value`` as indented JSON; the same value gives the same text.

    Models, data classes, enumerations and paths are supported; NaN and infinity become null.
    """
    return pydantic_core.to_json(value, indent=2, inf_nan_mode="null").decode() + "\n"


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
