"""Name of a core."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

__all__ = ["ModuleName"]

#: Names that, with `_t` behind them, are types of <stdint.h>, which the header of the registers includes, of <stddef.h>
#: or of C++. Keywords are allowed: Verilog and SystemRDL escape a name with a backslash.
_C_TYPE = re.compile(r"u?int((_least|_fast)?(8|16|32|64)|max|ptr)|size|ptrdiff|wchar|max_align|nullptr|char(8|16|32)")


def _new_in_c(name: str) -> str:
    if _C_TYPE.fullmatch(name):
        raise PydanticCustomError("name", "{name}_t is a type of C", {"name": name})
    return name


#: Name of a Verilog module and, with `_t` behind it, of a type in C.
ModuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$"), AfterValidator(_new_in_c)]
