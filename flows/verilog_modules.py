"""Modules of generated Verilog: which contain which, and which are copies of another.

Amaranth writes one module per instance, named by its place (``digits.crossbar_0.array_0_1.store``), so that
eight equal arrays are eight modules. A synthesizer would map the same logic eight times.
"""

import dataclasses
import re
from collections.abc import Iterator

__all__ = ["Design", "Instance"]

_MODULE = re.compile(r"^module (\\\S+|\w+)\s*\(.*?^endmodule\n", re.MULTILINE | re.DOTALL)
_INSTANCE = re.compile(r"^( +)(\\\S+|\w+) +(\\\S+|\w+) +\(\n", re.MULTILINE)
_CONTENTS = re.compile(r"^ +initial begin\n(?: +\S+ ?\[\d+\] = [^;]*;\n)*? +end\n", re.MULTILINE)
_SERIAL = re.compile(r"(dump_module)\$\d+")


@dataclasses.dataclass(frozen=True)
class Instance:
    """One instance of a module."""

    path: tuple[str, ...]
    """Names of the instances from the top down to this one; empty for the top."""

    module: str
    """Name of the module as synthesized, a copy's being that of its original."""


class Design:
    """Verilog in which every module that occurs several times is written once.

    Initial contents of memories are left out: they fill the cells and cost none, and would make every
    memory block another module. Text that does not look like Amaranth's is kept as it is.

    Parameters
    ----------
    verilog
        Text of all modules.
    top
        Name of the top module.
    """

    def __init__(self, verilog: str, top: str) -> None:
        self.top = top
        text = _CONTENTS.sub("", verilog)
        self._bodies = {_name(match[1]): match[0] for match in _MODULE.finditer(text)}
        self._rest = _MODULE.sub("", text)
        self._original: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        self._written: dict[str, str] = {}
        for name in self._bodies:
            self._reduce(name)

    @property
    def verilog(self) -> str:
        """Text of the modules that are left."""
        return self._rest + "\n".join(self._written.values())

    @property
    def modules(self) -> tuple[int, int]:
        """Number of modules before and after."""
        return len(self._bodies), len(self._written)

    def instances(self) -> Iterator[Instance]:
        """Yield every instance, the top first, each before what it contains."""
        yield from self._walk((), self._original.get(self.top, self.top))

    def _walk(self, path: tuple[str, ...], module: str) -> Iterator[Instance]:
        yield Instance(path, module)
        for match in _INSTANCE.finditer(self._written.get(module, "")):
            child = _name(match[2])
            if child in self._written:
                yield from self._walk((*path, _name(match[3])), child)

    def _reduce(self, name: str) -> str:
        """Return the name of the module that stands for ``name``, and write it when it is a new one."""
        if name not in self._original:
            body = _INSTANCE.sub(self._renamed, self._bodies[name])
            key = _SERIAL.sub(r"\1", body.partition("(")[2])
            # The top keeps its name: that is how it is found.
            original = name if name == self.top else self._seen.setdefault(key, name)
            self._original[name] = original
            self._written.setdefault(original, body)
        return self._original[name]

    def _renamed(self, match: re.Match[str]) -> str:
        child = _name(match[2])
        if child not in self._bodies:
            return match[0]
        original = self._reduce(child)
        # An escaped identifier ends with a space of its own.
        return f"{match[1]}\\{original}  {match[3]} (\n"


def _name(identifier: str) -> str:
    return identifier.removeprefix("\\")
