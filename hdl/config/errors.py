"""The one exception that means: what you gave us cannot be used."""

from pydantic import ValidationError

__all__ = ["InputError", "first_line"]


class InputError(ValueError):
    """Bad input, told in one line that names the field, the value and what is allowed.

    Commands print the line and exit with code 2. Everything else that is raised is a bug of ours.
    """


def first_line(error: ValidationError) -> str:
    """Return the first of pydantic's errors in our grammar: field, value, what is allowed."""
    # A misspelt key is also a missing one: the key that is there explains more.
    first, *others = sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        line = f"{where} is missing"
    elif first["type"] == "extra_forbidden":
        line = f"{where} is not a known field (its value is {first['input']!r})"
    elif first["type"] == "value_error":
        line = f"{where}.{message}" if where else message
    else:
        line = f"{where} must be valid, not {first['input']!r}: {message}"
    return f"{line} (and {len(others)} more)" if others else line
