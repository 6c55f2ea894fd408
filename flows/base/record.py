"""Products in JSON, checked where they are read and written."""

import re
import reprlib
from pathlib import Path
from typing import Annotated, Any, Self

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hdl.config import InputError

from .files import read, to_json, write_atomically

__all__ = ["MADE_ANEW", "Count", "Digest", "Record", "Share"]

#: Remedy for a damaged file that saves work, and would otherwise be read again.
MADE_ANEW = "remove it, and it is made anew"

#: SHA-256 in hexadecimal.
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

#: Number of things.
Count = Annotated[int, Field(ge=0)]

#: Share of a whole.
Share = Annotated[float, Field(ge=0, le=1)]

#: Subject and verb at the beginning of pydantic's messages.
_SHOULD = re.compile(r"^[A-Z][a-z]*(?: [a-z]+)? should ")

_REPR = reprlib.Repr()
_REPR.maxlevel, _REPR.maxdict, _REPR.maxlist, _REPR.maxstring = 2, 3, 3, 40


class Record(BaseModel):
    """Contents of a JSON product, or of a part of one.

    Every product has a subclass in the room where it is made. The same class writes it and reads it, so that a command
    gets either what another one wrote, or one line that names the file, the field and what is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def of(cls, content: Any) -> Self:
        """Return the record of ``content``: mappings, data classes and sequences, as their JSON has them.

        What does not fit is a bug of the caller.
        """
        return cls.model_validate_json(to_json(content))

    @classmethod
    def parse(cls, content: str | bytes, source: str, remedy: str) -> Self:
        """Return the record in the JSON ``content``.

        Raises
        ------
        InputError
            It is not whole JSON, or no such record; the line begins with ``source`` and ends with ``remedy``.
        """
        try:
            # JSON has no NaN and no infinity, whatever a field may hold.
            pydantic_core.from_json(content, allow_inf_nan=False)
        except ValueError:
            raise InputError(f"{source} must be whole JSON, and is not: {remedy}") from None
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            raise InputError(f"{source} {_complaint(error)}: {remedy}") from None

    @classmethod
    def read(cls, path: Path, made_by: str, remedy: str | None = None) -> Self:
        """Return the record in the file ``path``, which the command ``made_by`` makes.

        ``remedy`` is what to do about a damaged one, by default to run that command again.

        Raises
        ------
        InputError
            It is missing, cannot be read, is not whole JSON or no such record.
        """
        return cls.parse(read(path, made_by), str(path), remedy or f"run `{made_by}` again")

    def write(self, path: Path, *, resumes: bool = False) -> Path:
        """Write it to ``path`` atomically, as :func:`flows.base.files.write_atomically` does; return ``path``.

        Raises
        ------
        InputError
            As in :func:`flows.base.files.write_atomically`.
        """
        return write_atomically(path, to_json(self).encode(), resumes=resumes)

    def plain(self) -> Any:
        """Return the same as its JSON has it: mappings, lists, texts and numbers."""
        return pydantic_core.from_json(to_json(self))


def _complaint(error: ValidationError) -> str:
    """Return the first of pydantic's errors: field, what it must be, value."""
    # A misspelt name is also a missing one: the name that is there explains more.
    first, *others = sorted(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
    more = f" (and {len(others)} more)" if others else ""
    where = ".".join(str(part) for part in first["loc"]) or "content"
    if first["type"] == "missing":
        return f"must have the field {where}, and has not{more}"
    value = _REPR.repr(first["input"])
    if first["type"] == "extra_forbidden":
        return f"must have no field {where}, not {value}{more}"
    message = _SHOULD.sub("must ", first["msg"])
    if not message.startswith("must "):
        message = f"must be right ({message})"
    return f"is not what a command wrote: {where} {message}, not {value}{more}"
