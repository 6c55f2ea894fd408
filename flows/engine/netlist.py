"""Flat netlist of words, from Verilog by Yosys."""

import dataclasses
import difflib
import pickle
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

from . import rtlil

__all__ = ["CONSTANTS", "Bits", "FlipFlops", "Netlist", "Operation", "Store", "StoreWrite", "flatten", "ordered"]

#: Numbers of bits: those of a word, lowest first.
Bits = npt.NDArray[np.int32]

#: The lowest numbers are the constants 0, 1, unknown and undriven.
CONSTANTS = 4
_UNKNOWN, _UNDRIVEN = 2, 3


@dataclasses.dataclass
class Operation:
    """Combinational cell."""

    kind: str
    """Type of the cell without its dollar, or `memrd`."""

    y: Bits
    """Outputs."""

    inputs: dict[str, Bits]
    """Inputs by port."""

    signed: bool = False
    """Whether its operands are signed."""

    store: int = -1
    """Index of the memory of a read."""

    name: str = ""
    """Path of the cell."""


@dataclasses.dataclass
class FlipFlops:
    """Flip-flops of one word."""

    q: Bits
    """Outputs."""

    d: Bits
    """Inputs."""

    init: npt.NDArray[np.uint8]
    """Initial values."""


@dataclasses.dataclass
class StoreWrite:
    """Write port of a memory."""

    address: Bits
    """Address."""

    data: Bits
    """Word."""

    enable: Bits
    """Enable of each bit."""


@dataclasses.dataclass
class Store:
    """Memory."""

    name: str
    """Path."""

    size: int
    """Number of words."""

    width: int
    """Bits of a word."""

    init: npt.NDArray[np.uint8]
    """Initial bits, shape (size, width)."""

    writes: list[StoreWrite] = dataclasses.field(default_factory=list)
    """Write ports; of two that write a word in a cycle the later wins."""


@dataclasses.dataclass
class Netlist:
    """Netlist without hierarchy: operations, flip-flops of one clock, and memories."""

    bits: int
    """Numbers of bits, with those of the constants."""

    inputs: dict[str, Bits]
    """Input ports but the clock."""

    outputs: dict[str, Bits]
    """Output ports."""

    operations: list[Operation]
    """Operations in an order in which each follows those that it reads."""

    flip_flops: list[FlipFlops]
    """Flip-flops."""

    stores: list[Store]
    """Memories."""

    names: dict[str, Bits]
    """Bits of every named wire by its path."""

    def find(self, name: str) -> Bits:
        """Return the bits of the wire ``name``; an :class:`InputError` names those that are called alike."""
        if name in self.names:
            return self.names[name]
        near = difflib.get_close_matches(name, self.names, n=3, cutoff=0.4)
        raise InputError(f"net must be one of the netlist such as {', '.join(near) or 'none'}, not {name!r}")

    def to_bytes(self) -> bytes:
        """Return the netlist as bytes for a cache."""
        return pickle.dumps(self, protocol=5)


class _Flattening:
    """Numbers of the bits of all instances, and what drives them."""

    def __init__(self, modules: dict[str, rtlil.Module], top: rtlil.Module, clock: str):
        self.modules, self.clock = modules, clock
        self.count = CONSTANTS
        self.aliases: list[tuple[Bits, Bits]] = []
        self.operations: list[Operation] = []
        self.flip_flops: list[FlipFlops] = []
        self.stores: list[Store] = []
        self.store_writes: list[tuple[int, int, StoreWrite]] = []
        self.contents: list[tuple[int, int, Bits, Bits]] = []
        self.clocks: list[tuple[str, Bits]] = []
        self.names: dict[str, Bits] = {}
        self.starts: list[tuple[Bits, str]] = []
        self.ports = self._instance(top, "")
        self._top = top

    def _instance(self, module: rtlil.Module, path: str) -> dict[str, Bits]:
        wires: dict[str, Bits] = {}
        for name, wire in module.wires.items():
            own = np.arange(self.count, self.count + wire.width, dtype=np.int32)
            wires[name] = own
            self.count += wire.width
            if name.startswith("\\"):
                self.names[path + name[1:]] = own
            if wire.init is not None:
                self.starts.append((own, wire.init))
        stores = {}
        for name, memory in module.memories.items():
            stores[name] = len(self.stores)
            init = np.zeros((memory.size, memory.width), dtype=np.uint8)
            self.stores.append(Store(path + name.removeprefix("\\"), memory.size, memory.width, init))

        def signal(parts: rtlil.Signal) -> Bits:
            found = []
            for part in parts:
                if part and isinstance(part[0], str):
                    own, (_, first, width) = module.wires[part[0]], part
                    if first is None:
                        found.append(wires[part[0]])
                    else:
                        low = own.offset + own.width - first - width if own.upto else first - own.offset
                        found.append(wires[part[0]][low : low + width])
                else:
                    found.append(np.array(part, dtype=np.int32))
            return found[0] if len(found) == 1 else np.concatenate(found) if found else np.empty(0, dtype=np.int32)

        for left, right in module.connections:
            self.aliases.append((signal(left), signal(right)))
        for cell in module.cells:
            ports = {name[1:]: signal(parts) for name, parts in cell.connections.items()}
            if cell.kind in self.modules:
                inner = self.modules[cell.kind]
                place = f"{path}{cell.name.removeprefix(chr(92))}."
                inside = self._instance(inner, place)
                for name, outer in ports.items():
                    wire = inner.wires[f"\\{name}"]
                    own = inside[f"\\{name}"]
                    if wire.direction == "input":
                        given = np.zeros(len(own), dtype=np.int32)
                        given[: len(outer)] = outer[: len(own)]
                        self.aliases.append((own, given))
                    else:
                        self.aliases.append((outer[: len(own)], own[: len(outer)]))
            else:
                self._cell(cell, ports, stores, path)
        return wires

    def _cell(self, cell: rtlil.Cell, ports: dict[str, Bits], stores: dict[str, int], path: str) -> None:
        kind, name = cell.kind.removeprefix("$"), path + cell.name
        parameters = cell.parameters
        if kind == "scopeinfo":
            return
        if kind == "dff":
            if parameters["\\CLK_POLARITY"][-1] != "1":
                raise InputError(f"verilog must have flip-flops of the rising edge alone, not {name}")
            self.clocks.append((name, ports["CLK"]))
            self.flip_flops.append(FlipFlops(ports["Q"], ports["D"], np.zeros(len(ports["Q"]), dtype=np.uint8)))
        elif kind in ("memrd", "memrd_v2", "memwr_v2", "meminit", "meminit_v2"):
            store = stores[parameters["\\MEMID"].strip('"').replace("\\\\", "\\")]
            if kind.startswith("memrd"):
                if parameters["\\CLK_ENABLE"][-1] == "1":
                    raise InputError(f"verilog must have memories that are read without a clock, not {name}")
                self.operations.append(
                    Operation("memrd", ports["DATA"], {"ADDR": ports["ADDR"]}, store=store, name=name)
                )
            elif kind.startswith("memwr"):
                self.clocks.append((name, ports["CLK"]))
                write = StoreWrite(ports["ADDR"], ports["DATA"], ports["EN"])
                self.store_writes.append((store, _number(parameters["\\PORTID"]), write))
            else:
                priority = _number(parameters["\\PRIORITY"])
                self.contents.append((priority, store, ports["ADDR"], ports["DATA"]))
        elif kind in _KINDS:
            y = ports.pop("Y")
            signed = parameters.get("\\A_SIGNED", "0")[-1] == "1"
            signed = signed and parameters.get("\\B_SIGNED", "1")[-1] == "1" if kind not in _SHIFTS else signed
            self.operations.append(Operation(kind, y, ports, signed, name=name))
        else:
            raise InputError(f"verilog must have no cells but those that the engine knows, not {cell.kind} ({name})")

    def finish(self) -> Netlist:
        """Resolve what drives each bit, order the operations and return the netlist."""
        driver = np.arange(self.count, dtype=np.int32)
        for left, right in self.aliases:
            driver[left] = right
        for _ in range(64):
            further = driver[driver]
            if (further == driver).all():
                break
            driver = further
        else:
            raise InputError("verilog must have no combinational loop, not wires that drive each other")
        self._clock(driver)
        start = np.zeros(self.count, dtype=np.uint8)
        for own, init in self.starts:
            values = np.array([each == "1" for each in reversed(init)], dtype=np.uint8)
            start[driver[own[: len(values)]]] = values
        for each in self.operations:
            each.inputs = {name: driver[bits] for name, bits in each.inputs.items()}
        for flip_flops in self.flip_flops:
            flip_flops.d = driver[flip_flops.d]
            flip_flops.init = start[flip_flops.q]
        for priority, store, address, data in sorted(self.contents, key=lambda each: each[0]):
            del priority
            first, width = _value(driver[address]), self.stores[store].width
            words = (driver[data] == 1).astype(np.uint8).reshape(-1, width)
            self.stores[store].init[first : first + len(words)] = words
        for store, _, write in sorted(self.store_writes, key=lambda each: each[:2]):
            port = StoreWrite(driver[write.address], driver[write.data], driver[write.enable])
            if (port.enable != 0).any():
                self.stores[store].writes.append(port)
        inputs, outputs = {}, {}
        for name, wire in self._top.wires.items():
            if wire.direction == "input" and name[1:] != self.clock:
                inputs[name[1:]] = self.ports[name]
            elif wire.direction == "output":
                outputs[name[1:]] = driver[self.ports[name]]
        return ordered(self._numbered(driver, inputs, outputs))

    def _numbered(self, driver: Bits, inputs: dict[str, Bits], outputs: dict[str, Bits]) -> Netlist:
        """Return the netlist with the bits numbered anew that have a driver."""
        made = [*inputs.values(), *(each.y for each in self.operations), *(each.q for each in self.flip_flops)]
        numbers = np.full(self.count, _UNDRIVEN, dtype=np.int32)
        numbers[:CONSTANTS] = np.arange(CONSTANTS)
        driven = np.concatenate([np.empty(0, dtype=np.int32), *made])
        numbers[driven] = np.arange(CONSTANTS, CONSTANTS + len(driven), dtype=np.int32)
        for operation in self.operations:
            operation.y = numbers[operation.y]
            operation.inputs = {name: numbers[bits] for name, bits in operation.inputs.items()}
        for flip_flops in self.flip_flops:
            flip_flops.q, flip_flops.d = numbers[flip_flops.q], numbers[flip_flops.d]
        for store in self.stores:
            store.writes = [
                StoreWrite(numbers[write.address], numbers[write.data], numbers[write.enable]) for write in store.writes
            ]
        return Netlist(
            bits=CONSTANTS + len(driven),
            inputs={name: numbers[bits] for name, bits in inputs.items()},
            outputs={name: numbers[bits] for name, bits in outputs.items()},
            operations=self.operations,
            flip_flops=self.flip_flops,
            stores=self.stores,
            names={name: numbers[driver[own]] for name, own in self.names.items()},
        )

    def _clock(self, driver: Bits) -> None:
        wanted = self.ports.get(f"\\{self.clock}")
        if wanted is None:
            raise InputError(f"verilog must have the clock {self.clock!r}, and has no such port")
        for name, bits in self.clocks:
            if driver[bits[0]] != wanted[0]:
                raise InputError(f"verilog must have no clock but {self.clock!r}, not that of {name}")


#: Cells that the engine knows beside flip-flops and memories.
_SHIFTS = ("shl", "shr", "sshl", "sshr")
_KINDS = frozenset(
    (
        *("not", "pos", "neg", "and", "or", "xor", "xnor", "mux", "pmux", "add", "sub", "mul"),
        *("eq", "ne", "eqx", "nex", "lt", "le", "gt", "ge", "logic_not", "logic_and", "logic_or"),
        *("reduce_and", "reduce_or", "reduce_bool", "reduce_xor", "reduce_xnor", *_SHIFTS),
    )
)


def flatten(text: str, clock: str) -> Netlist:
    """Return the netlist of Yosys' text ``text``, whose only clock is the port ``clock``.

    Raises
    ------
    InputError
        It has a loop, a latch, a cell that is not known, or another clock.
    """
    modules = rtlil.parse(text)
    top = next(each for each in modules.values() if each.top)
    return _Flattening(modules, top, clock).finish()


def ordered(netlist: Netlist) -> Netlist:
    """Return the netlist with its needed operations alone, each after those that it reads."""
    made_by = np.full(netlist.bits, -1, dtype=np.int32)
    for index, each in enumerate(netlist.operations):
        made_by[each.y] = index
    order: list[int] = []
    state = bytearray(len(netlist.operations))
    reads = [np.unique(made_by[np.concatenate(list(each.inputs.values()))]).tolist() for each in netlist.operations]
    roots = [netlist.outputs.values(), (each.d for each in netlist.flip_flops)]
    ports = ((each.address, each.data, each.enable) for store in netlist.stores for each in store.writes)
    needed: Iterable[Bits] = (bits for some in (*roots, *ports) for bits in some)
    wanted = np.unique(np.concatenate([made_by[bits] for bits in needed])).tolist()
    for root in wanted:
        if root < 0 or state[root]:
            continue
        stack = [(root, iter(reads[root]))]
        state[root] = 1
        while stack:
            index, inputs = stack[-1]
            for other in inputs:
                if other < 0 or state[other] == 2:
                    continue
                if state[other] == 1:
                    raise InputError(
                        f"verilog must have no combinational loop, not one through {netlist.operations[other].name}"
                    )
                state[other] = 1
                stack.append((other, iter(reads[other])))
                break
            else:
                state[index] = 2
                order.append(index)
                stack.pop()
    netlist.operations = [netlist.operations[index] for index in order]
    return netlist


def _number(text: str) -> int:
    return _value(np.array(rtlil.bits(text), dtype=np.int32))


def _value(bits: Bits) -> int:
    return sum(1 << place for place, bit in enumerate(bits.tolist()) if bit == 1)
