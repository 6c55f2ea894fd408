"""Modules and names in the text of Verilog."""

import re
from collections.abc import Callable

__all__ = ["MODULE", "each_module", "free_name"]

#: Text of a module.
MODULE = re.compile(r"^module .*?^endmodule\n", re.MULTILINE | re.DOTALL)


def each_module(text: str, change: Callable[[str], str]) -> str:
    """Return ``text`` with what ``change`` makes of each module."""
    return MODULE.sub(lambda module: change(module[0]), text)


def free_name(name: str, taken: set[str]) -> str:
    """Return ``name``, with a number where it is ``taken``, and take it."""
    index, free = 1, name
    while free in taken:
        index += 1
        free = f"{name}_{index}"
    taken.add(free)
    return free
