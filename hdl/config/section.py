"""Base and common types of all sections."""

import functools
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

__all__ = ["Index", "ModuleName", "PositiveInt", "Probability", "Section", "Size"]

#: Largest size: addresses of rows have 16 bits for a group, a line and an array.
_LARGEST = 2**16

PositiveInt = Annotated[int, Field(strict=True, ge=1, le=_LARGEST)]

#: Number of rows, columns, neurons or classes: of one of them a memory would have no address, and a range no bits.
Size = Annotated[int, Field(strict=True, ge=2, le=_LARGEST)]

#: Number that may be 0.
Index = Annotated[int, Field(strict=True, ge=0, le=_LARGEST)]

Probability = Annotated[float, Field(strict=True, ge=0, lt=1)]


def _new_in_verilog(name: str) -> str:
    # Escaping a name does not make it another one.
    if name == "std":
        raise PydanticCustomError("name", "{name} is a package of SystemVerilog", {"name": name})
    return name


#: Name of a Verilog module. It may be a word of any language: Verilog, VHDL and SystemRDL escape it, C has a prefix.
ModuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$"), AfterValidator(_new_in_verilog)]


class Section(BaseModel):
    """One section: immutable, no unknown keys, prose in the schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy. Its cached properties are computed anew: they may depend on what the ``update`` changes."""
        copied = super().model_copy(update=update, deep=deep)
        for name in [
            each for each in vars(copied) if isinstance(getattr(type(self), each, None), functools.cached_property)
        ]:
            del vars(copied)[name]
        return copied
