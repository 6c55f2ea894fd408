"""Kernel in this process."""

import ctypes
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

from .forces import Masks
from .netlist import Bits, Netlist
from .program import Integers, Program

__all__ = ["Machine"]

Words = npt.NDArray[np.uint64]


class Machine:
    """Instances of a netlist, one in each lane.

    Parameters
    ----------
    library
        Library of the kernel.
    netlist, program
        Netlist and its program.
    """

    def __init__(self, library: Path, netlist: Netlist, program: Program):
        self._functions = functions = _functions(library)
        self.netlist, self.program = netlist, program
        self._input = np.zeros(netlist.bits, dtype=bool)
        for bits in netlist.inputs.values():
            self._input[bits] = True
        self.lanes: int = functions.machine_lanes()
        self._parts = self.lanes // 64
        self._machine = functions.machine_new(
            program.bytes, program.words, program.part, program.store_bytes, program.store_words
        )
        if not self._machine:
            size = (program.words + program.store_words) * self.lanes // 8
            raise InputError(f"lanes must fit into memory, not {self.lanes} of them with {size / 2**20:,.0f} MiB")
        self._machine = ctypes.c_void_p(self._machine)
        self._kept: list[object] = []
        functions.machine_program(
            self._machine,
            *_table(program.uniform),
            *_table(program.uniform_sources),
            *_table(program.uniform_ends),
            *_table(program.byte_inputs),
            *_table(program.instructions),
            *_table(program.groups),
            *_table(program.lists),
            *_table(program.sources),
            *_table(program.ends),
            *_table(program.watched),
        )
        functions.machine_state(
            self._machine,
            *_table(program.stores),
            *_table(program.writes),
            *_table(program.uniform_moves),
            *_table(program.varying_moves),
        )
        self.bytes = _view(functions.machine_bytes(self._machine), program.bytes, np.uint8)
        self.words = _view(functions.machine_words(self._machine), program.words * self._parts, np.uint64)
        self.words = self.words.reshape(-1, self._parts)
        self.store_bytes = _view(functions.machine_store_bytes(self._machine), program.store_bytes, np.uint8)
        store_words = _view(functions.machine_store_words(self._machine), program.store_words * self._parts, np.uint64)
        self.store_words = store_words.reshape(-1, self._parts)

    def __del__(self) -> None:
        if getattr(self, "_machine", None):
            self._functions.machine_delete(self._machine)

    @property
    def cycle(self) -> int:
        """Clock cycles so far."""
        return self._functions.machine_cycle(self._machine)

    def reset(self) -> None:
        """Give flip-flops and memories their initial values."""
        for each in self.netlist.flip_flops:
            self.set(each.q, each.init)
        for index, store in enumerate(self.netlist.stores):
            self.set_store(index, store.init)

    def set(self, bits: Bits, values: npt.NDArray[np.uint8] | int) -> None:
        """Set bits to values that all lanes share: an array of bits, or a number."""
        if isinstance(values, int):
            values = np.array([values >> place & 1 for place in range(len(bits))], dtype=np.uint8)
        varying, slots = self.program.varying[bits], self._slots(bits)
        self.bytes[slots[~varying]] = -(values[~varying] & 1).astype(np.int8)
        self.words[slots[varying]] = np.where(values[varying, None] & 1, ~np.uint64(0), np.uint64(0))
        self._touch(bits)

    def set_lanes(self, bits: Bits, values: Words) -> None:
        """Set bits to words, shape (bits, parts of a word)."""
        if not self.program.varying[bits].all():
            raise RuntimeError("a net that all lanes share cannot be set in each of them")
        self.words[self._slots(bits)] = values
        self._touch(bits)

    def _slots(self, bits: Bits) -> npt.NDArray[np.int32]:
        """Return the places of nets, all of which must have a value of their own."""
        slots = self.program.slots[bits]
        if (slots < 0).any():
            raise RuntimeError("a net that no flip-flop, memory or output needs as such has no value of its own")
        return slots

    def _touch(self, bits: Bits | None = None) -> None:
        """Tell the kernel that flip-flops or memories have other values; it sees by itself what inputs have."""
        if bits is None or not self._input[bits].all():
            self._functions.machine_touch(self._machine)

    def get_lanes(self, bits: Bits) -> Words:
        """Return words, shape (bits, parts of a word), of inputs, flip-flops or outputs."""
        varying, slots = self.program.varying[bits], self._slots(bits)
        found = np.empty((len(bits), self._parts), dtype=np.uint64)
        found[varying] = self.words[slots[varying]]
        found[~varying] = np.where(self.bytes[slots[~varying], None] & 1, ~np.uint64(0), np.uint64(0))
        return found

    def set_store(self, index: int, contents: npt.NDArray[np.uint8]) -> None:
        """Set a memory to bits of shape (size, width) that all lanes share."""
        for part in (2 * index, 2 * index + 1):
            own = contents[:, self.program.store_bits[part]].reshape(-1, 1) & 1
            _, size, width, place = self.program.stores[part].tolist()
            if part % 2:
                self.store_words[place : place + size * width] = np.where(own, ~np.uint64(0), np.uint64(0))
            else:
                self.store_bytes[place : place + size * width] = -own[:, 0].astype(np.int8)
        self._touch()

    def get_store_lanes(self, index: int) -> Words:
        """Return a memory as words, shape (size, width, parts of a word)."""
        store = self.netlist.stores[index]
        words = np.empty((store.size, store.width, self._parts), dtype=np.uint64)
        for part in (2 * index, 2 * index + 1):
            _, size, width, place = self.program.stores[part].tolist()
            if part % 2:
                own = self.store_words[place : place + size * width].reshape(size, width, self._parts)
            else:
                own = self.store_bytes[place : place + size * width].reshape(size, width, 1)
                own = np.where(own & 1, ~np.uint64(0), np.uint64(0))
            words[:, self.program.store_bits[part]] = own
        return words

    def set_store_lanes(self, index: int, words: Words) -> None:
        """Set a memory to words, shape (size, width, parts of a word); what lanes share is taken from the first."""
        for part in (2 * index, 2 * index + 1):
            _, size, width, place = self.program.stores[part].tolist()
            own = words[:, self.program.store_bits[part]].reshape(size * width, words.shape[2])
            if part % 2:
                self.store_words[place : place + size * width] = own
            else:
                self.store_bytes[place : place + size * width] = -(own[:, 0] & np.uint64(1)).astype(np.int8)
        self._touch()

    def copy_from(self, other: "Machine") -> None:
        """Take over the state of another machine of the same netlist; what differs there may differ here."""
        states = [*self.netlist.inputs.values(), *(each.q for each in self.netlist.flip_flops)]
        for bits in states:
            words = other.get_lanes(bits)
            varying = self.program.varying[bits]
            self.words[self.program.slots[bits[varying]]] = words[varying]
            self.bytes[self.program.slots[bits[~varying]]] = -(words[~varying, 0] & np.uint64(1)).astype(np.int8)
        for index in range(len(self.netlist.stores)):
            self.set_store_lanes(index, other.get_store_lanes(index))
        self._touch()

    def force(self, masks: Masks) -> None:
        """Force nets."""
        words, events = np.ascontiguousarray(masks.words), np.ascontiguousarray(masks.events)
        self._functions.machine_forces(self._machine, words.ctypes.data, len(words), events.ctypes.data, len(events))

    def evaluate(self) -> None:
        """Compute all nets from inputs, flip-flops and memories."""
        self._functions.machine_evaluate(self._machine)

    def edge(self) -> None:
        """Clock flip-flops and memories."""
        self._functions.machine_edge(self._machine)

    def write(self, ports: ctypes.Structure, writes: npt.NDArray[np.uint32], limit: int) -> int | None:
        """Write registers, (address, value) in rows of ``writes``; return the number of a refused one, or None.

        Raises
        ------
        RuntimeError
            An answer did not come in ``limit`` cycles.
        """
        addresses, data = np.ascontiguousarray(writes.T, dtype=np.uint32)
        refused = ctypes.c_size_t()
        failed = self._functions.machine_write(
            self._machine,
            ctypes.byref(ports),
            addresses.ctypes.data,
            data.ctypes.data,
            len(writes),
            limit,
            ctypes.byref(refused),
        )
        if failed == 1:
            raise RuntimeError(f"the core did not answer an access for {limit} cycles")
        return refused.value if failed else None

    def run(self, streams: ctypes.Array, limit: int) -> bool:
        """Run with streams as ``machine_run`` of the kernel does; return whether nothing moved for ``limit`` cycles."""
        ended = self._functions.machine_run(self._machine, streams, len(streams), limit)
        if ended not in (0, 1):
            raise RuntimeError("lanes take inputs at different times, and have one valid or last for all of them")
        return bool(ended)


def _table(values: Integers) -> tuple[int, int]:
    if not values.flags.c_contiguous or values.dtype != np.int32:
        raise RuntimeError("a table must be of contiguous 32-bit integers")
    return values.ctypes.data, len(values)


def _view(address: int, count: int, kind: type[np.generic]) -> npt.NDArray:
    if not count:
        return np.empty(0, dtype=kind)
    size = count * np.dtype(kind).itemsize
    return np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(address)).view(kind)


def _functions(library: Path) -> ctypes.CDLL:
    functions = ctypes.CDLL(str(library))
    size, address, long = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int64
    table = (address, size)
    functions.machine_new.argtypes = [size] * 5
    functions.machine_new.restype = address
    functions.machine_delete.argtypes = [address]
    functions.machine_program.argtypes = [address, *table * 10]
    functions.machine_state.argtypes = [address, *table * 4]
    functions.machine_forces.argtypes = [address, *table * 2]
    functions.machine_touch.argtypes = [address]
    for name in ("bytes", "words", "store_bytes", "store_words"):
        function = getattr(functions, f"machine_{name}")
        function.argtypes, function.restype = [address], address
    functions.machine_cycle.argtypes, functions.machine_cycle.restype = [address], long
    functions.machine_evaluate.argtypes = [address]
    functions.machine_edge.argtypes = [address]
    functions.machine_write.argtypes = [address, address, address, address, size, long, address]
    functions.machine_run.argtypes = [address, address, ctypes.c_int, long]
    return functions
