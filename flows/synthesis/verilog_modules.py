"""Hierarchy of a design in Verilog."""

import dataclasses
import re
from collections.abc import Iterator

from hdl.config import InputError, brief
from hdl.verilog import share_modules

__all__ = ["Design", "Instance", "check_modules"]

#: Most instances of a design, of which ours have some thousands, and most of them within one another.
_MOST_INSTANCES, _MOST_LEVELS = 10**6, 64

_MODULE = re.compile(r"^module (\\\S+|\w+)\s*\(.*?^endmodule\n", re.MULTILINE | re.DOTALL)
_INSTANCE = re.compile(r"^ +(\\\S+|\w+) +(\\\S+|\w+) +\(\n", re.MULTILINE)
_CONTENTS = re.compile(r"^ +initial begin\n(?: +\S+ ?\[\d+\] = [^;]*;\n)*? +end\n", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Instance:
    """Instance of a module."""

    path: tuple[str, ...]
    """Names of the instances from the top down to this one; empty for the top."""

    module: str
    """Name of the module."""


def check_modules(verilog: str, top: str, source: str) -> None:
    """Check that ``verilog`` of the file ``source`` has the module ``top``, and no module within itself.

    Raises
    ------
    InputError
        It has not, it has, or it has instances beyond any core.
    """
    if not re.search(rf"\bmodule\s+\\?{top}\b", verilog):
        raise InputError(f"verilog must have the module {top!r}, not be without it as {source!r} is")
    Design(verilog, top).count_instances()


class Design:
    """Verilog with equal modules merged and memories emptied.

    Contents fill cells without a cost in them, but they would make every array a different module, and every memory
    block a different cell. Verilog that is not from Amaranth keeps all its modules.

    Parameters
    ----------
    verilog
        Text of all modules.
    top
        Name of the top module.
    """

    def __init__(self, verilog: str, top: str) -> None:
        self._top = top
        text = _CONTENTS.sub("", verilog)
        names = [match[1] for match in _MODULE.finditer(text)]
        # Only such names, Amaranth's for modules below the top, are renamed at their instances too.
        if all(name.startswith("\\") for name in names if name != top):
            text = share_modules(text)
        self._verilog = text
        self._bodies = {_name(match[1]): match[0] for match in _MODULE.finditer(text)}

    @property
    def verilog(self) -> str:
        """Text of the modules."""
        return self._verilog

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of the modules."""
        return tuple(self._bodies)

    def count_instances(self) -> int:
        """Return the number of instances below the top, without visiting each of them.

        Raises
        ------
        InputError
            There are too many, or a module has an instance of itself.
        """
        return self._count(self._top, (), {})

    def _count(self, module: str, above: tuple[str, ...], known: dict[str, int]) -> int:
        if module in above or len(above) > _MOST_LEVELS:
            raise InputError(f"verilog must have no module within itself, not {brief(module)} within {brief(above)}")
        if module not in known:
            children = [_name(match[1]) for match in _INSTANCE.finditer(self._bodies.get(module, ""))]
            below = [self._count(each, (*above, module), known) for each in children if each in self._bodies]
            known[module] = len(below) + sum(below)
        if known[module] > _MOST_INSTANCES:
            raise InputError(
                f"verilog must have at most {_MOST_INSTANCES} instances, not {known[module]} in {brief(module)}"
            )
        return known[module]

    def instances(self) -> Iterator[Instance]:
        """Yield every instance, the top first, each before its contents."""
        yield from self._walk((), self._top)

    def _walk(self, path: tuple[str, ...], module: str) -> Iterator[Instance]:
        yield Instance(path, module)
        for match in _INSTANCE.finditer(self._bodies.get(module, "")):
            child = _name(match[1])
            if child in self._bodies:
                yield from self._walk((*path, _name(match[2])), child)


def _name(identifier: str) -> str:
    return identifier.removeprefix("\\")
