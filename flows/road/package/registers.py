"""Documents and headers from the register map."""

import enum
import functools
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import jinja2
from peakrdl_cheader.exporter import CHeaderExporter
from peakrdl_ipxact import IPXACTExporter
from systemrdl import RDLCompiler
from systemrdl.node import RootNode

from hdl.contract import ADDRESS_WIDTH, Access, Field, RegisterEntry

__all__ = ["c_header", "compile_rdl", "ip_xact", "register_constants", "register_table", "system_rdl", "template"]

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

#: Kinds of access whose value after reset is documented.
_WITH_RESET = (Access.CONSTANT, Access.WRITE, Access.LOAD, Access.CLEAR)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flows.road.package"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        # None of the output is HTML.
        autoescape=jinja2.select_autoescape(default=False),
    )
    environment.filters["quoted"] = json.dumps
    return environment


def template(file: str, /, **values: object) -> str:
    """Return the template ``file`` of this package, filled in with ``values``."""
    return _environment().get_template(f"{file}.jinja").render(**values)


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
        bits=_bits,
        values=_values,
        has_reset=lambda entry: entry.access in _WITH_RESET,
        reset=lambda entry: sum(field.reset << field.lowest for field in entry.fields),
    )


def register_constants(registers: Registers, name: str, constants: Mapping[str, int]) -> str:
    """Return the registers, and other constants of the core, as a Python module without dependencies."""
    return template(
        "registers.py",
        name=name,
        registers=registers,
        enumerations=_enumerations(registers),
        constants=constants,
        mask=lambda field: (1 << field.width) - 1 << field.lowest,
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


def c_header(root: RootNode, name: str) -> str:
    """Return the registers as a C header."""
    return _exported(lambda path: CHeaderExporter().export(root, path, generate_bitfields=False), f"{name}_registers.h")


def ip_xact(root: RootNode, name: str) -> str:
    """Return the registers in IP-XACT 2014."""
    exporter = IPXACTExporter(vendor="bayescim", library="cores")
    return _exported(lambda path: exporter.export(root.top, path, component_name=name), "registers.xml")


def _exported(export: Callable[[str], None], name: str) -> str:
    """Return the output of a function that writes to a file."""
    with tempfile.TemporaryDirectory(prefix="bayescim-rdl-") as scratch:
        path = Path(scratch) / name
        export(str(path))
        return path.read_text(encoding="utf-8")


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


def _bits(field: Field) -> str:
    highest = field.lowest + field.width - 1
    return str(highest) if field.width == 1 else f"{highest}–{field.lowest}"


def _values(field: Field) -> str:
    if field.limits is not None:
        return f"{field.limits[0]} to {field.limits[1]}"
    return "signed, sign-extended" if field.signed else ""
