"""Documents and headers from the register map."""

import enum
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from systemrdl import RDLCompiler
from systemrdl.node import RootNode

from hdl.contract import ADDRESS_WIDTH, WORD_WIDTH, Access, Field, RegisterEntry

from .names import prefixed
from .template import template

__all__ = ["c_header", "compile_rdl", "register_constants", "register_table", "system_rdl"]

Registers = Sequence[RegisterEntry]

#: Access rights of software and hardware to a field, in SystemRDL.
_RIGHTS: Mapping[Access, tuple[str, ...]] = {
    Access.CONSTANT: ("sw = r", "hw = na"),
    Access.READ: ("sw = r", "hw = w"),
    Access.WRITE: ("sw = rw", "hw = r"),
    Access.LOAD: ("sw = rw", "hw = rw", "we"),
    Access.CLEAR: ("sw = rw", "hw = w", "hwset", "onwrite = woclr"),
    Access.COMMAND: ("sw = w", "hw = r"),
    Access.WINDOW: ("sw = rw", "hw = rw", "onread = ruser", "onwrite = wuser"),
}

_WORD_BYTES = WORD_WIDTH // 8

#: Kinds of access whose value after reset is documented.
_WITH_RESET = (Access.CONSTANT, Access.WRITE, Access.LOAD, Access.CLEAR)


def system_rdl(registers: Registers, name: str) -> str:
    """Return the registers in SystemRDL 2.0."""
    return template(
        "registers.rdl",
        name=name,
        registers=registers,
        enumerations=_enumerations(registers),
        properties=_properties,
    )


def register_table(registers: Registers, name: str) -> str:
    """Return the registers as a document in Markdown."""
    return template(
        "registers.md",
        name=name,
        registers=registers,
        address_bits=ADDRESS_WIDTH,
        whole=[f"`{entry.name}`" for entry in registers if entry.access.whole],
        bits=_bits,
        values=_values,
        has_reset=_has_reset,
        reset=_reset,
    )


def register_constants(registers: Registers, name: str, constants: Mapping[str, int]) -> str:
    """Return the registers, and other constants of the core, as a Python module without dependencies."""
    return template(
        "registers.py",
        name=name,
        registers=registers,
        enumerations=_enumerations(registers),
        constants=constants,
        mask=_mask,
    )


def compile_rdl(text: str) -> RootNode:
    """Return the elaborated registers.

    Raises
    ------
    systemrdl.RDLCompileError
        The text is not SystemRDL.
    """
    compiler = RDLCompiler()
    with tempfile.TemporaryDirectory(prefix="bayescim-rdl-") as scratch:
        path = Path(scratch) / "registers.rdl"
        path.write_text(text, encoding="utf-8")
        compiler.compile_file(str(path))
        return compiler.elaborate()


def c_header(registers: Registers, name: str) -> str:
    """Return the registers as a header for C and C++.

    Its structure is not packed, unlike that of PeakRDL: a compiler accesses a packed one byte by byte where the
    processor has no unaligned accesses. All names have a prefix, so that no name of a core is one of the language's.
    """
    layout, end = [], 0
    for entry in registers:
        layout.append(((entry.address - end) // _WORD_BYTES, entry))
        end = entry.address + _WORD_BYTES
    return template(
        "registers.h",
        name=name,
        prefix=prefixed(name),
        registers=registers,
        layout=layout,
        size=1 << ADDRESS_WIDTH,
        whole=[entry.name for entry in registers if entry.access.whole],
        enumerations=_enumerations(registers),
        mask=_mask,
        has_reset=_has_reset,
        reset=_reset,
    )


def _enumerations(registers: Registers) -> list[type[enum.IntEnum]]:
    found = [field.values for entry in registers for field in entry.fields if field.values is not None]
    return list(dict.fromkeys(found))


def _properties(entry: RegisterEntry, field: Field) -> Iterator[str]:
    """Yield the assignments of a field in SystemRDL."""
    yield from _RIGHTS[entry.access]
    if entry.access in _WITH_RESET:
        yield f"reset = {field.reset & (1 << field.width) - 1:#x}"
    if field.values is not None:
        yield f"encode = {field.values.__name__.lower()}_e"


def _mask(field: Field) -> int:
    return (1 << field.width) - 1 << field.lowest


def _has_reset(entry: RegisterEntry) -> bool:
    return entry.access in _WITH_RESET


def _reset(entry: RegisterEntry) -> int:
    return sum((field.reset & (1 << field.width) - 1) << field.lowest for field in entry.fields)


def _bits(field: Field) -> str:
    highest = field.lowest + field.width - 1
    return str(highest) if field.width == 1 else f"{highest}–{field.lowest}"


def _values(field: Field) -> str:
    if field.limits is not None:
        return f"{field.limits[0]} to {field.limits[1]}"
    return "signed, sign-extended" if field.signed else ""
