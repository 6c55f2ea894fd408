"""Errors of pydantic in the grammar of configurations."""

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .document import brief
from .schemes import sections

__all__ = ["first_line"]

#: Name of the section whose fields are those of a scheme.
_SECTION = "bayes"


def first_line(error: ValidationError) -> str:
    """Return the first of pydantic's errors as a line: field, value, permitted values."""
    # A misspelt key is also a missing one: the key that is there explains more.
    first, *others = sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    line = _line(first)
    return f"{line} (and {len(others)} more)" if others else line


def _line(error: ErrorDetails) -> str:
    found = error["loc"]
    # Pydantic names the section of the union that it tried.
    method = str(found[1]) if found[:1] == (_SECTION,) and len(found) > 1 else None
    where = _joined(found if method is None else (_SECTION, *found[2:]))
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        return f"{where} is missing"
    if error["type"] == "extra_forbidden":
        known = f", whose fields are {', '.join(sorted(sections()[method].model_fields))}" if method is not None else ""
        of = "a known field" if method is None else f"a field of method {method!r}"
        return f"{where} is not {of}{known} (its value is {brief(error['input'])})"
    if error["type"] == "union_tag_invalid":
        return f"{where}.method must be one of {', '.join(sections())}, not {brief(error['input']['method'])}"
    if error["type"] == "value_error":
        return f"{where}.{message}" if where else message
    return f"{where} must be valid, not {brief(error['input'])}: {message}"


def _joined(parts: Sequence[int | str]) -> str:
    # The name of a field of nobody may be long.
    return ".".join(f"{part!s:.60}" for part in parts)
