"""Instructions of the kernel for a netlist."""

import dataclasses

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

from .codes import ELEMENTWISE, Code, Mode
from .fusion import Range, Surroundings, byte_sources, fuse, needed
from .netlist import Bits, Netlist, Operation
from .simplification import extended
from .variation import find_varying

__all__ = ["Program", "compile_netlist"]


Integers = npt.NDArray[np.int32]


@dataclasses.dataclass
class Program:
    """Program of the kernel."""

    slots: Integers
    """Slot of each bit of the netlist, -1 where it has none: inputs, flip-flops and outputs have one."""

    varying: npt.NDArray[np.bool_]
    """Whether a bit has a word, not a byte."""

    bytes: int
    """Number of bytes of nets."""

    words: int
    """Number of words of nets."""

    uniform: Integers
    """Instructions on bytes, shape (n, 12)."""

    uniform_sources: Integers
    """Sources of what each of these reads."""

    uniform_ends: Integers
    """Ends of the lists of these."""

    byte_inputs: Integers
    """Ranges of inputs that are bytes, shape (n, 4)."""

    instructions: Integers
    """Instructions on words, shape (n, 12)."""

    groups: Integers
    """Groups of these, shape (n, 4)."""

    sources: Integers
    """Sources of what each reader of words reads."""

    ends: Integers
    """Ends of the lists of these."""

    watched: Integers
    """Ranges of nets that are compared with what they were, shape (n, 4)."""

    part: int
    """Words for the parts of a group."""

    lists: Integers
    """Lists of slots."""

    stores: Integers
    """Memories, shape (n, 4); each of the netlist in two, of the bits that are bytes and of those that are words."""

    store_bits: list[npt.NDArray[np.intp]]
    """Bits of a word of the netlist's memory that each of these has."""

    store_bytes: int
    """Bytes of memories that are the same in all lanes."""

    store_words: int
    """Words of the others."""

    writes: Integers
    """Write ports, shape (n, 8)."""

    uniform_moves: Integers
    """Flip-flops that are bytes, shape (n, 6)."""

    varying_moves: Integers
    """Flip-flops that are words, shape (n, 6)."""

    forced: list[int]
    """Results of the operations `force`, in the order of their masks."""

    outputs: dict[str, tuple[int, int]]
    """Mode and slot of each output port as an operand on words."""


def compile_netlist(netlist: Netlist, *, varying: list[Bits] | None = None, stores: tuple[int, ...] = ()) -> Program:
    """Return the program of ``netlist``.

    Parameters
    ----------
    netlist
        Netlist.
    varying
        Inputs and flip-flops that may differ between lanes, None for all.
    stores
        Memories that differ.
    """
    if varying is None:
        varying = [*netlist.inputs.values(), *(each.q for each in netlist.flip_flops)]
        stores = tuple(index for index, each in enumerate(netlist.stores) if each.writes)
    return _Compiler(netlist, *find_varying(netlist, varying, stores)).program()


class _Compiler:
    """Allocation of slots, and instructions in order."""

    def __init__(self, netlist: Netlist, varying: npt.NDArray[np.bool_], differ: list[npt.NDArray[np.bool_]]):
        self.netlist, self.differ = netlist, differ
        self.varying = varying.copy()
        self.slots = np.full(netlist.bits, -1, dtype=np.int32)
        self.slots[:4] = (0, 1, 0, -1)
        self.bits = netlist.bits
        self.used = [2, 0]
        self.code: tuple[list[list[int]], list[list[int]]] = ([], [])
        self.lists: list[Integers] = []
        self.listed = 0
        self.gathered: dict[tuple[int, bytes], tuple[int, int]] = {}
        self.forced: list[int] = []

    def program(self) -> Program:
        """Return the program."""
        netlist = self.netlist
        for bits in netlist.inputs.values():
            self.place(bits)
        for each in netlist.flip_flops:
            self.place(each.q)
        for operation in netlist.operations:
            self.operation(operation)
        stores, sizes, writes, store_bits = [], [0, 0], [], []
        for index, store in enumerate(netlist.stores):
            for space in (0, 1):
                chosen = np.flatnonzero(self.differ[index] == bool(space))
                stores.append([space, store.size, len(chosen), sizes[space]])
                store_bits.append(chosen)
                sizes[space] += store.size * len(chosen)
                for write in store.writes if len(chosen) else ():
                    signals = (write.address, write.data[chosen], write.enable[chosen])
                    ports = [self.operand(each, space) for each in signals]
                    if not space:
                        ports = [(mode + 2, slot) for mode, slot in ports]
                    writes.append([2 * index + space, len(write.address), *(part for port in ports for part in port)])
        moves = self.moves()
        outputs = {}
        for name, bits in netlist.outputs.items():
            space = int(self.varying[bits].any())
            mode, slot = self.operand(bits, space)
            outputs[name] = (mode if space else mode + 2, slot)
        widths = {name: len(bits) for name, bits in netlist.outputs.items()}
        around = Surroundings(
            inputs=[(int(Mode.VECTOR), slot, count) for slot, count in self.inputs(1)],
            states=[(int(Mode.VECTOR), move[0], move[3]) for move in moves[1]],
            moves=[(move[2], move[1], move[3]) for move in moves[1]],
            writes=[self._ports(write) for write in writes],
            outputs=[(mode, slot, widths[name]) for name, (mode, slot) in outputs.items()],
            stores=len(stores),
        )
        lists = np.concatenate([np.empty(0, dtype=np.int32), *self.lists]).astype(np.int32)
        fused = fuse(self.code[1], self.code[0], lists, self.used[1], around)
        enables = [(int(Mode.BYTE), move[4], 1) for some in moves for move in some if move[4] >= 0]
        uniform_moves = [(move[2] + int(Mode.BYTES), move[1], move[3]) for move in moves[0]]
        read = [*enables, *uniform_moves, *around.moves, *(port for some in around.writes for port in some)]
        uniform = needed(self.code[0], fused.instructions, lists, [*read, *around.outputs], self.used[0])
        states = [(move[0], move[3]) for move in moves[0]]
        byte_inputs = self.inputs(0)
        uniform_sources = byte_sources(uniform, lists, byte_inputs, states, len(stores), self.used[0])
        for first, count in fused.instructions[fused.instructions[:, 0] == Code.GATHER][:, [9, 1]]:
            own = lists[first : first + count]
            own[own >= 0] = fused.slots[own[own >= 0]]

        def renumbered(mode: int, slot: int) -> int:
            return int(fused.slots[slot]) if mode < Mode.BYTES else slot

        slots, words = self.slots[: netlist.bits].copy(), self.varying[: netlist.bits]
        placed = words & (slots >= 0)
        slots[placed] = fused.slots[slots[placed]]
        left_out = np.zeros(self.used[0], dtype=bool)
        for rows, value in ((self.code[0], True), (uniform, False)):
            for row in rows:
                left_out[row[2] : row[2] + row[1]] = value
        placed = ~words & (slots >= 0)
        slots[placed] = np.where(left_out[slots[placed]], -1, slots[placed])
        for move in moves[1]:
            move[:2] = int(fused.slots[move[0]]), renumbered(move[2], move[1])
        for port in writes:
            for place in (2, 4, 6):
                port[place + 1] = renumbered(port[place], port[place + 1])
        outputs = {name: (mode, renumbered(mode, slot)) for name, (mode, slot) in outputs.items()}
        return Program(
            slots=slots,
            varying=words,
            bytes=self.used[0],
            words=fused.words,
            uniform=_table(uniform, 12),
            uniform_sources=uniform_sources[0],
            uniform_ends=uniform_sources[1],
            byte_inputs=_table([[int(Mode.BYTES), slot, count, 0] for slot, count in byte_inputs], 4),
            instructions=fused.instructions,
            groups=fused.groups,
            sources=fused.sources,
            ends=fused.ends,
            watched=fused.watched,
            part=fused.part,
            lists=lists,
            stores=_table(stores, 4),
            store_bits=store_bits,
            store_bytes=sizes[0],
            store_words=sizes[1],
            writes=_table(writes, 8),
            uniform_moves=_table(moves[0], 6),
            varying_moves=_table(moves[1], 6),
            forced=self.forced,
            outputs=outputs,
        )

    def inputs(self, space: int) -> list[tuple[int, int]]:
        """Return slot and number of the nets of inputs in ``space``."""
        found = [self.slots[bits[self.varying[bits] == bool(space)]] for bits in self.netlist.inputs.values()]
        return [(int(own[0]), len(own)) for own in found if len(own)]

    def _ports(self, write: list[int]) -> list[Range]:
        """Return mode, slot and width of the operands of a write port."""
        width = int((self.differ[write[0] // 2] == bool(write[0] % 2)).sum())
        return [(write[2], write[3], write[1]), (write[4], write[5], width), (write[6], write[7], width)]

    def moves(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the moves of flip-flops: (result, source, mode, count, enable, 0)."""
        states = np.zeros(self.slots.size, dtype=bool)
        for each in self.netlist.flip_flops:
            states[each.q] = True
        made_by = {int(each.y[0]): each for each in self.netlist.operations if each.kind == "mux" and len(each.y)}
        moves: tuple[list[list[int]], list[list[int]]] = ([], [])
        for each in self.netlist.flip_flops:
            d, enable = each.d, 1
            mux = made_by.get(int(d[0])) if len(d) else None
            if mux is not None and np.array_equal(mux.y, d) and not self.varying[mux.inputs["S"][0]]:
                a, b, s = mux.inputs["A"], mux.inputs["B"], mux.inputs["S"]
                kept = np.array_equal(a, each.q), np.array_equal(b, each.q)
                if any(kept):
                    # A copy of the enable: it may be a flip-flop that changes before.
                    own = self.apply(Code.COPY if kept[0] else Code.NOT, 1, s)
                    d, enable = b if kept[0] else a, int(self.slots[own[0]])
            for space in (0, 1):
                mask = self.varying[each.q] == bool(space)
                for first, end in _runs(mask):
                    q, own = each.q[first:end], d[first:end]
                    if not space and self.varying[own].any():
                        raise RuntimeError("a flip-flop that all lanes share has an input that they do not")
                    # What a flip-flop holds is not read after it changes.
                    read = states[own] & (self.varying[own] == bool(space))
                    if read.any():
                        own = self.apply(Code.COPY, len(own), own, space=space)
                    mode, slot = self.operand(own, space)
                    moves[space].append([int(self.slots[q[0]]), slot, mode, len(q), enable, 0])
        return moves

    # Slots.

    def place(self, bits: Bits) -> None:
        """Give ``bits`` slots."""
        for space in (0, 1):
            own = bits[self.varying[bits] == bool(space)]
            self.slots[own] = np.arange(self.used[space], self.used[space] + len(own), dtype=np.int32)
            self.used[space] += len(own)

    def fresh(self, count: int, space: int) -> Bits:
        """Return ``count`` new bits with slots in ``space``."""
        if self.bits + count > self.slots.size:
            more = max(count, self.slots.size // 4, 1024)
            self.slots = np.concatenate([self.slots, np.full(more, -1, dtype=np.int32)])
            self.varying = np.concatenate([self.varying, np.zeros(more, dtype=bool)])
        bits = np.arange(self.bits, self.bits + count, dtype=np.int32)
        self.bits += count
        self.varying[bits] = bool(space)
        self.place(bits)
        return bits

    def operand(self, bits: Bits, space: int) -> tuple[int, int]:
        """Return the mode and slot of ``bits`` for an instruction in ``space``."""
        slots, words = self.slots[bits], self.varying[bits]
        if (slots < 0).any():
            raise InputError("verilog must drive every net that is used, and leaves one open")
        if len(bits) == 1 or (bits == bits[0]).all():
            return (int(Mode.SINGLE) if words[0] or not space else int(Mode.BYTE)), int(slots[0])
        alike = words.all() or not words.any()
        if alike and slots[-1] - slots[0] == len(bits) - 1 and (np.diff(slots) == 1).all():
            return (int(Mode.VECTOR) if words[0] or not space else int(Mode.BYTES)), int(slots[0])
        key = (space, bits.tobytes())
        if key not in self.gathered:
            list_ = np.where(words, slots, ~slots) if space else slots
            result = self.fresh(len(bits), space)
            self.emit(space, Code.GATHER, len(bits), int(self.slots[result[0]]), extra=self.listed)
            self.lists.append(list_.astype(np.int32))
            self.listed += len(bits)
            self.gathered[key] = int(Mode.VECTOR), int(self.slots[result[0]])
        return self.gathered[key]

    def emit(
        self,
        space: int,
        code: Code,
        count: int,
        result: int,
        *operands: tuple[int, int],
        extra: int = 0,
    ) -> None:
        """Append an instruction with up to three operands."""
        a, b, c = (*operands, *[(0, 0)] * (3 - len(operands)))
        self.code[space].append([int(code), count, result, *a, *b, *c, extra, 0, 0])

    def apply(
        self, code: Code, count: int, *operands: Bits, y: Bits | None = None, space: int | None = None, extra: int = 0
    ) -> Bits:
        """Append ``code`` with ``count`` results and return these, ``y`` where given.

        Operands of one bit serve for all results.
        """
        if code not in ELEMENTWISE:
            chosen = int(any(self.varying[each].any() for each in operands)) if space is None else space
            if y is None:
                y = self.fresh(count, chosen)
            else:
                self.varying[y] = bool(chosen)
                self.place(y)
            own = [self.operand(each, chosen) for each in operands]
            self.emit(chosen, code, count, int(self.slots[y[0]]), *own, extra=extra)
            return y
        mask = np.zeros(count, dtype=bool)
        for each in operands:
            mask |= self.varying[each]
        if space is not None:
            mask[:] = bool(space)
        if y is None:
            y = self.fresh(count, 0)
            # The slots are given below.
            self.used[0] -= count
        self.varying[y] = mask
        self.place(y)
        for chosen in (0, 1):
            for first, end in _runs(mask == bool(chosen)):
                own = [self.operand(each if len(each) == 1 else each[first:end], chosen) for each in operands]
                self.emit(chosen, code, end - first, int(self.slots[y[first]]), *own)
        return y

    # Cells.

    def operation(self, each: Operation) -> None:
        """Append the instructions of a cell."""
        inputs, y, count = each.inputs, each.y, len(each.y)
        a = inputs.get("A", y)
        b = inputs.get("B", y)

        def wide(bits: Bits, width: int) -> Bits:
            return extended(bits, width, each.signed)

        match each.kind:
            case "not" | "pos":
                self.apply(Code.NOT if each.kind == "not" else Code.COPY, count, wide(a, count), y=y)
            case "and" | "or" | "xor" | "xnor":
                self.apply(
                    Code[each.kind.upper()],
                    count,
                    wide(a, count),
                    wide(b, count),
                    y=y,
                )
            case "mux":
                self.apply(Code.MUX, count, a, b, inputs["S"], y=y)
            case "pmux":
                selects = inputs["S"]
                for index, select in enumerate(selects):
                    last = index == len(selects) - 1
                    chosen = b[index * count : (index + 1) * count]
                    a = self.apply(Code.MUX, count, a, chosen, select[None], y=y if last else None)
            case "add" | "sub":
                self.apply(
                    Code[each.kind.upper()],
                    count,
                    wide(a, count),
                    wide(b, count),
                    y=y,
                )
            case "neg":
                self.apply(Code.SUB, count, np.zeros(count, dtype=np.int32), wide(a, count), y=y)
            case "mul":
                self.product(wide(a, count), b if not each.signed else wide(b, count), y)
            case "shl" | "sshl" | "shr" | "sshr":
                self.shift(each, wide(a, max(count, len(a))), b)
            case "eq" | "eqx" | "ne" | "nex" | "lt" | "le" | "gt" | "ge":
                width = max(len(a), len(b))
                self.compare(each, wide(a, width), wide(b, width))
            case "reduce_and":
                self.boolean(Code.ALL, a, y)
            case "reduce_or" | "reduce_bool":
                self.boolean(Code.ANY, a, y)
            case "reduce_xor":
                self.boolean(Code.PARITY, a, y)
            case "reduce_xnor":
                self.boolean(Code.PARITY, a, y, inverted=True)
            case "logic_not":
                self.boolean(Code.ANY, a, y, inverted=True)
            case "logic_and" | "logic_or":
                code = Code.AND if each.kind == "logic_and" else Code.OR
                some = [self.apply(Code.ANY, 1, bits, extra=len(bits)) for bits in (a, b)]
                self.widened(self.apply(code, 1, *some), y)
            case "memrd":
                address, differ = inputs["ADDR"], self.differ[each.store]
                self.varying[y] = differ | self.varying[address].any()
                for part in (0, 1):
                    own = y[differ == bool(part)]
                    if not len(own):
                        continue
                    self.place(own)
                    space = int(self.varying[own[0]])
                    port = self.operand(address, space)
                    extra = 2 * each.store + part
                    self.emit(
                        space,
                        Code.READ,
                        len(own),
                        int(self.slots[own[0]]),
                        port,
                        (0, 0),
                        (0, len(address)),
                        extra=extra,
                    )
            case "force":
                self.varying[y] = True
                self.place(y)
                own, other = self.operand(a, 1), self.operand(b, 1)
                self.emit(1, Code.FORCE, 1, int(self.slots[y[0]]), own, other, extra=len(self.forced))
                self.forced.append(int(y[0]))

    def widened(self, bit: Bits, y: Bits, *, inverted: bool = False) -> None:
        """Make ``y`` the number that one bit is."""
        self.apply(Code.NOT if inverted else Code.COPY, 1, bit, y=y[:1])
        if len(y) > 1:
            self.apply(Code.COPY, len(y) - 1, np.zeros(1, dtype=np.int32), y=y[1:])

    def boolean(self, code: Code, a: Bits, y: Bits, *, inverted: bool = False) -> None:
        """Reduce ``a`` to a bit."""
        if len(y) == 1 and not inverted:
            self.apply(code, 1, a, y=y, extra=len(a))
        else:
            self.widened(self.apply(code, 1, a, extra=len(a)), y, inverted=inverted)

    def compare(self, each: Operation, a: Bits, b: Bits) -> None:
        """Compare two numbers of one width."""
        kind, y = each.kind, each.y
        if kind in ("eq", "eqx", "ne", "nex"):
            self.widened(self.apply(Code.EQUAL, 1, a, b, extra=len(a)), y, inverted=kind in ("ne", "nex"))
            return
        if each.signed:
            # With the other sign numbers are in the order of unsigned ones.
            a, b = (np.concatenate([bits[:-1], self.apply(Code.NOT, 1, bits[-1:])]) for bits in (a, b))
        if kind in ("gt", "le"):
            a, b = b, a
        self.widened(self.apply(Code.LESS, 1, a, b, extra=len(a)), y, inverted=kind in ("le", "ge"))

    def product(self, a: Bits, b: Bits, y: Bits) -> None:
        """Multiply, a row for each bit of ``b``."""
        count = len(y)
        total = self.apply(Code.AND, count, a, b[:1], y=y if len(b) == 1 else None)
        for index in range(1, min(len(b), count)):
            row = self.apply(Code.AND, count - index, a[: count - index], b[index : index + 1])
            last = index == min(len(b), count) - 1
            high = self.apply(Code.ADD, count - index, total[index:], row)
            total = np.concatenate([total[:index], high])
            if last:
                self.apply(Code.COPY, count, total, y=y)

    def shift(self, each: Operation, a: Bits, amount: Bits) -> None:
        """Shift, a stage for each bit of ``amount``."""
        count, left = len(a), each.kind in ("shl", "sshl")
        filling = a[-1:] if each.kind == "sshr" and each.signed else np.zeros(1, dtype=np.int32)
        for index, bit in enumerate(amount):
            distance = min(1 << index, count)
            fill = np.repeat(filling, distance)
            moved = np.concatenate([fill, a[: count - distance]] if left else [a[distance:], fill])
            a = self.apply(Code.MUX, count, a, moved, bit[None])
        self.apply(Code.COPY, len(each.y), a[: len(each.y)], y=each.y)


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the ranges in which ``mask`` holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def _table(rows: list[list[int]], columns: int) -> Integers:
    return np.array(rows, dtype=np.int32).reshape(-1, columns)
