"""Reading of TOML and other text that nobody has checked."""

import re
import reprlib
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import InputError

__all__ = ["brief", "check_document", "parse_toml", "read_file", "read_text"]

#: Most bytes of a text: the largest configuration of ours has some 2,000.
_MOST_BYTES = 1 << 20

#: Most levels of a document, a configuration having 4.
_MOST_LEVELS = 16

#: Name of a field with more levels, for which the parser would take a time that grows with their square.
_TOO_DEEP = re.compile(rf"""(?<![\w"'-])(?:[\w"'-]++\s*+\.\s*+){{{_MOST_LEVELS}}}""")

#: Bits of the largest integer, that of a seed.
_INTEGER_BITS = 64

_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 60
_BRIEF.maxlist = _BRIEF.maxtuple = _BRIEF.maxdict = 20


def brief(value: Any) -> str:
    """Return ``value`` for an error message, which has room for the beginning of a long one."""
    return _BRIEF.repr(value)


def read_file(path: Path, *, most: int) -> bytes:
    """Return the contents of ``path``, at most ``most`` bytes.

    Raises
    ------
    InputError
        It is larger, or endless.
    OSError
        It cannot be read.
    """
    if stat.S_ISCHR(path.stat().st_mode):
        raise InputError(f"{path} must be a file, not a device")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise InputError(f"{path} must be a file of at most {most} bytes, not a larger one")
    return content


def read_text(path: Path) -> str:
    """Return the text in ``path``, UTF-8 with or without a byte order mark.

    Raises
    ------
    InputError
        It is too large.
    OSError
        It cannot be read.
    UnicodeDecodeError
        It is not text.
    """
    return read_file(path, most=_MOST_BYTES).decode("utf-8-sig")


def parse_toml(text: str) -> dict[str, Any]:
    """Return the document of TOML ``text``.

    Raises
    ------
    InputError
        It is none, or as in :func:`check_document`.
    """
    if _TOO_DEEP.search(text):
        raise InputError(f"not TOML: must have at most {_MOST_LEVELS} levels, not more")
    try:
        document = tomllib.loads(text)
    # A number with thousands of digits is a ValueError.
    except ValueError as error:
        raise InputError(f"not TOML: {error!s:.200}") from None
    except RecursionError:
        raise InputError(f"not TOML: must have at most {_MOST_LEVELS} levels, not more") from None
    check_document(document)
    return document


def check_document(document: Mapping[str, Any]) -> None:
    """Check that a parsed document is not too deep, and that its integers have at most 64 bits.

    Raises
    ------
    InputError
        It is, or one has more; the line names the first field.
    """
    levels: list[Iterator[tuple[Any, Any]]] = [iter(document.items())]
    names: list[str] = []
    while levels:
        name, value = next(levels[-1], (None, None))
        if name is None:
            levels.pop()
            del names[-1:]
            continue
        if isinstance(value, int) and abs(value).bit_length() > _INTEGER_BITS:
            where = ".".join(f"{each:.60}" for each in (*names, str(name)))
            raise InputError(
                f"{where} must be an integer of at most {_INTEGER_BITS} bits, not one of {value.bit_length()}"
            )
        if isinstance(value, Mapping | list):
            if len(levels) == _MOST_LEVELS:
                raise InputError(f"{names[0]:.60} must have at most {_MOST_LEVELS} levels, not more")
            names.append(str(name))
            levels.append(iter(value.items() if isinstance(value, Mapping) else enumerate(value)))
