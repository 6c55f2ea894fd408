"""Base and common types of all sections."""

import functools
import re
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

#: Names that, with `_t` behind them, are types of <stdint.h>, which the header of the registers includes, of <stddef.h>
#: or of C++. Keywords are allowed: Verilog and SystemRDL escape a name with a backslash.
_C_TYPE = re.compile(r"u?int((_least|_fast)?(8|16|32|64)|max|ptr)|size|ptrdiff|wchar|max_align|nullptr|char(8|16|32)")


def _new_in_c(name: str) -> str:
    if _C_TYPE.fullmatch(name):
        raise PydanticCustomError("name", "{name}_t is a type of C", {"name": name})
    return name


#: Name of a Verilog module and, with `_t` behind it, of a type in C.
ModuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$"), AfterValidator(_new_in_c)]


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
