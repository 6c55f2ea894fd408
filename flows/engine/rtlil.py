"""Reader of Yosys' text format of netlists."""

import dataclasses
import itertools
from collections.abc import Iterator

__all__ = ["Cell", "Memory", "Module", "Signal", "Wire", "parse"]

#: Values of the constant bits: 0, 1, unknown and undriven.
_BITS = {"0": 0, "1": 1, "x": 2, "z": 3, "-": 2, "m": 2}

#: Width of a number without a width.
_INTEGER_WIDTH = 32

#: Parts of a signal, lowest first: a name with its first bit and width (None for the whole wire), or the values of
#: constant bits.
Signal = list[tuple[str, int | None, int] | tuple[int, ...]]


@dataclasses.dataclass
class Wire:
    """Wire of a module."""

    width: int
    """Number of bits."""

    offset: int
    """Index of the lowest bit."""

    upto: bool
    """Whether its highest index is its lowest bit."""

    direction: str | None
    """`input`, `output`, `inout`, or None within the module."""

    init: str | None
    """Initial value as bits, highest first."""


@dataclasses.dataclass
class Memory:
    """Memory of a module."""

    width: int
    """Bits of a word."""

    size: int
    """Number of words."""

    offset: int
    """Address of the first word."""


@dataclasses.dataclass
class Cell:
    """Cell or instance of a module."""

    kind: str
    """Type of a cell, or name of the module."""

    name: str
    """Its name."""

    parameters: dict[str, str]
    """Parameters as written."""

    connections: dict[str, Signal]
    """Signal of each port."""


@dataclasses.dataclass
class Module:
    """Module of a netlist."""

    name: str
    """Its name, as in the text."""

    wires: dict[str, Wire] = dataclasses.field(default_factory=dict)
    """Wires by name."""

    memories: dict[str, Memory] = dataclasses.field(default_factory=dict)
    """Memories by name."""

    cells: list[Cell] = dataclasses.field(default_factory=list)
    """Cells and instances."""

    connections: list[tuple[Signal, Signal]] = dataclasses.field(default_factory=list)
    """Pairs of a driven signal and its driver."""

    top: bool = False
    """Whether it is the top."""


def bits(text: str) -> tuple[int, ...]:
    """Return the bits of a constant, lowest first."""
    width_text, quote, digits = text.partition("'")
    if not quote:
        value = int(width_text)
        return tuple(value >> place & 1 for place in range(_INTEGER_WIDTH))
    width = int(width_text)
    values = [_BITS[digit] for digit in reversed(digits.removeprefix("s"))][:width]
    last = values[-1] if values and values[-1] > 1 else 0
    return (*values, *[last] * (width - len(values)))


def parse(text: str) -> dict[str, Module]:
    """Return the modules of a netlist by name."""
    modules: dict[str, Module] = {}
    lines = iter(text.splitlines())
    attributes: dict[str, str] = {}
    module = Module("")
    for line in lines:
        head, _, rest = line.strip().partition(" ")
        match head:
            case "attribute":
                name, _, value = rest.partition(" ")
                attributes[name] = value
                continue
            case "module":
                module = modules[rest] = Module(rest, top="\\top" in attributes)
            case "wire":
                *options, name = rest.split()
                module.wires[name] = _wire(options, attributes.get("\\init"))
            case "memory":
                *options, name = rest.split()
                found = dict(zip(options[::2], map(int, options[1::2]), strict=True))
                module.memories[name] = Memory(found.get("width", 1), found["size"], found.get("offset", 0))
            case "cell":
                kind, name = rest.split()
                module.cells.append(_cell(kind, name, lines))
            case "connect":
                tokens = rest.split()
                left, place = _signal(tokens, 0)
                right, _ = _signal(tokens, place)
                module.connections.append((left, right))
        attributes = {}
    return modules


def _wire(options: list[str], init: str | None) -> Wire:
    numbers = {name: int(value) for name, value in itertools.pairwise(options) if value.isdecimal()}
    directions = [each for each in ("input", "output", "inout") if each in options]
    return Wire(
        width=numbers.get("width", 1),
        offset=numbers.get("offset", 0),
        upto="upto" in options,
        direction=directions[0] if directions else None,
        init=None if init is None else init.partition("'")[2],
    )


def _cell(kind: str, name: str, lines: Iterator[str]) -> Cell:
    cell = Cell(kind, name, {}, {})
    for line in lines:
        tokens = line.split()
        match tokens[0]:
            case "end":
                return cell
            case "parameter":
                cell.parameters[tokens[-2]] = tokens[-1]
            case "connect":
                cell.connections[tokens[1]] = _signal(tokens, 2)[0]
    return cell


def _signal(tokens: list[str], place: int) -> tuple[Signal, int]:
    """Return the signal that begins at ``place``, and the place after it."""
    head = tokens[place]
    if head == "{":
        parts: Signal = []
        place += 1
        while tokens[place] != "}":
            part, place = _signal(tokens, place)
            parts = part + parts
        place += 1
    elif head[0] in "\\$":
        parts, place = [(head, None, 0)], place + 1
    else:
        parts, place = [bits(head)], place + 1
    while place < len(tokens) and tokens[place].startswith("["):
        high, _, low = tokens[place].strip("[]").partition(":")
        first = int(low or high)
        parts, place = [(str(parts[0][0]), first, int(high) - first + 1)], place + 1
    return parts, place
