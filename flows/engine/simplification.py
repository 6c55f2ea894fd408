"""Netlist for the rest of a run, without what keeps its value."""

import collections
import copy
import dataclasses

import numpy as np
import numpy.typing as npt

from .netlist import CONSTANTS, Bits, FlipFlops, Netlist, Operation, StoreWrite, ordered

__all__ = ["simplify"]

_Values = npt.NDArray[np.uint8]
_Known = npt.NDArray[np.bool_]

#: Cells whose results depend on the bits of their own place alone.
_BITWISE = ("not", "pos", "and", "or", "xor", "xnor", "mux")
_REDUCTIONS = ("reduce_and", "reduce_or", "reduce_bool", "logic_not", "reduce_xor", "reduce_xnor")


def simplify(netlist: Netlist, inputs: dict[str, int], state: _Values, free: Bits) -> Netlist:
    """Return ``netlist`` without what never changes from now on.

    Parameters
    ----------
    netlist
        Netlist; its bits keep their numbers.
    inputs
        Values of the inputs that never change.
    state
        Value of each bit now; only those of flip-flops count.
    free
        Flip-flops by their outputs whose value is not that.
    """
    constants = _Constants(netlist, inputs, state, free)
    return _Reduction(netlist, constants.known, constants.values).finish(set(inputs))


class _Constants:
    """Bits that keep their value, found from the assumption that all flip-flops do."""

    def __init__(self, netlist: Netlist, inputs: dict[str, int], state: _Values, free: Bits):
        self.netlist = netlist
        self.values = np.zeros(netlist.bits, dtype=np.uint8)
        self.known = np.zeros(netlist.bits, dtype=bool)
        self.values[1], self.known[:CONSTANTS] = 1, True
        for name, value in inputs.items():
            bits = netlist.inputs[name]
            self.known[bits] = True
            self.values[bits] = [value >> place & 1 for place in range(len(bits))]
        for each in netlist.flip_flops:
            self.known[each.q] = True
            self.values[each.q] = state[each.q] & 1
        self.known[free], self.values[free] = False, 0
        self.written = np.zeros(len(netlist.stores), dtype=bool)
        self._spread()

    def _spread(self) -> None:
        netlist = self.netlist
        count = len(netlist.operations)
        made_by = np.full(netlist.bits, -1, dtype=np.int32)
        for index, operation in enumerate(netlist.operations):
            made_by[operation.y] = index
        readers: list[list[int]] = [[] for _ in range(count + len(netlist.flip_flops) + len(netlist.stores))]
        of_state = collections.defaultdict(list)
        readers_of_store = collections.defaultdict(list)
        state_of = np.full(netlist.bits, -1, dtype=np.int32)
        for index, flip_flops in enumerate(netlist.flip_flops):
            state_of[flip_flops.q] = index
        ports = [list(each.inputs.values()) for each in netlist.operations]
        ports += [[each.d] for each in netlist.flip_flops]
        ports += [[write.enable for write in each.writes] for each in netlist.stores]
        for number, some in enumerate(ports):
            if not some:
                continue
            bits = np.concatenate(some)
            for maker in np.unique(made_by[bits]).tolist():
                if maker >= 0:
                    readers[maker].append(number)
            for index in np.unique(state_of[bits]).tolist():
                if index >= 0:
                    of_state[index].append(number)
        for number, operation in enumerate(netlist.operations):
            if operation.store >= 0:
                readers_of_store[operation.store].append(number)
            y = operation.y
            self.values[y], self.known[y] = self.result(operation)
        queue = collections.deque(range(count, len(ports)))
        queued = set(queue)
        while queue:
            number = queue.popleft()
            queued.discard(number)
            if number < count:
                operation = netlist.operations[number]
                values, known = self.result(operation)
                changed = (known != self.known[operation.y]).any()
                self.values[operation.y], self.known[operation.y] = values, known
                following = readers[number]
            elif number < count + len(netlist.flip_flops):
                index = number - count
                flip_flops = netlist.flip_flops[index]
                q, d = flip_flops.q, flip_flops.d
                known = self.known[q] & self.known[d] & (self.values[q] == self.values[d])
                changed = (known != self.known[q]).any()
                self.known[q] = known
                self.values[q[~known]] = 0
                following = of_state[index]
            else:
                index = number - count - len(netlist.flip_flops)
                enables = [write.enable for write in netlist.stores[index].writes]
                written = any((~self.known[bits] | (self.values[bits] == 1)).any() for bits in enables)
                changed = written and not self.written[index]
                self.written[index] |= written
                following = readers_of_store[index]
            if changed:
                for reader in following:
                    if reader not in queued:
                        queued.add(reader)
                        queue.append(reader)

    def result(self, each: Operation) -> tuple[_Values, _Known]:
        """Return the values of the results, 0 where unknown, and which are known."""
        kind, width = each.kind, len(each.y)
        a = each.inputs.get("A")
        b = each.inputs.get("B")

        def get(bits: Bits | None, size: int | None = None) -> tuple[_Values, _Known]:
            own = np.empty(0, dtype=np.int32) if bits is None else bits
            if size is not None and len(own) != size:
                own = extended(own, size, each.signed)
            return self.values[own], self.known[own]

        unknown = np.zeros(width, dtype=np.uint8), np.zeros(width, dtype=bool)
        if kind in ("not", "pos"):
            values, known = get(a, width)
            return ((values if kind == "pos" else values ^ 1) & known).astype(np.uint8), known
        if kind in ("and", "or", "xor", "xnor"):
            (va, ka), (vb, kb) = get(a, width), get(b, width)
            if kind == "and":
                return va & vb, (ka & kb) | (ka & (va == 0)) | (kb & (vb == 0))
            if kind == "or":
                return va | vb, (ka & kb) | (va == 1) | (vb == 1)
            known = ka & kb
            return (va ^ vb ^ (kind == "xnor")).astype(np.uint8) & known, known
        if kind in ("mux", "pmux"):
            va, ka = get(a)
            vs, ks = get(each.inputs["S"])
            vbs, kbs = get(b)
            for index in range(len(vs)):
                vb, kb = vbs[index * width : (index + 1) * width], kbs[index * width : (index + 1) * width]
                if not ks[index]:
                    same = ka & kb & (va == vb)
                    va, ka = va & same, same
                elif vs[index]:
                    va, ka = vb, kb
            return va, ka
        if kind in _REDUCTIONS:
            va, ka = get(a)
            if kind in ("reduce_xor", "reduce_xnor"):
                decided, value = ka.all(), int(va.sum() + (kind == "reduce_xnor")) % 2
            elif kind == "reduce_and":
                zero = (ka & (va == 0)).any()
                decided, value = zero or ka.all(), int(not zero)
            else:
                one = (va == 1).any()
                decided, value = one or ka.all(), int(one ^ (kind == "logic_not"))
            return _bit(value, width) if decided else _partly(width)
        if kind in ("eq", "ne"):
            size = max(len(each.inputs["A"]), len(each.inputs["B"]))
            (va, ka), (vb, kb) = get(a, size), get(b, size)
            differ = (ka & kb & (va != vb)).any()
            if differ or (ka & kb).all():
                return _bit(int(differ ^ (kind == "eq")), width)
            return _partly(width)
        if kind == "memrd":
            address, known = get(each.inputs["ADDR"])
            store = self.netlist.stores[each.store]
            if known.all() and not store.writes:
                row = int(sum(int(bit) << place for place, bit in enumerate(address)))
                own = store.init[row] if row < store.size else np.zeros(store.width, dtype=np.uint8)
                return own.copy(), np.ones(width, dtype=bool)
        return unknown


def _bit(value: int, width: int) -> tuple[_Values, _Known]:
    values = np.zeros(width, dtype=np.uint8)
    values[0] = value
    return values, np.ones(width, dtype=bool)


def _partly(width: int) -> tuple[_Values, _Known]:
    known = np.ones(width, dtype=bool)
    known[0] = False
    return np.zeros(width, dtype=np.uint8), known


def extended(bits: Bits, size: int, signed: bool) -> Bits:
    """Return ``bits`` as a number of ``size`` bits."""
    if len(bits) >= size:
        return bits[:size]
    filling = bits[-1] if signed and len(bits) else 0
    return np.concatenate([bits, np.full(size - len(bits), filling, dtype=np.int32)])


class _Reduction:
    """Replacement of bits by constants and by others that are the same."""

    def __init__(self, netlist: Netlist, known: _Known, values: _Values):
        self.netlist = netlist
        self.alias = np.arange(netlist.bits, dtype=np.int32)
        self.alias[known] = values[known]
        self.found: dict[tuple[object, ...], Bits] = {}

    def finish(self, constant_inputs: set[str]) -> Netlist:
        """Return the netlist."""
        netlist, alias = self.netlist, self.alias
        operations = [own for each in netlist.operations if (own := self.operation(each)) is not None]
        flip_flops = []
        for each in netlist.flip_flops:
            left = alias[each.q] >= CONSTANTS
            if left.any():
                flip_flops.append(FlipFlops(each.q[left], alias[each.d[left]], each.init[left]))
        stores = []
        for store in netlist.stores:
            kept = copy.copy(store)
            kept.writes = [
                StoreWrite(alias[write.address], alias[write.data], alias[write.enable]) for write in store.writes
            ]
            kept.writes = [write for write in kept.writes if (write.enable != 0).any()]
            stores.append(kept)
        return ordered(
            dataclasses.replace(
                netlist,
                inputs={name: bits for name, bits in netlist.inputs.items() if name not in constant_inputs},
                outputs={name: alias[bits] for name, bits in netlist.outputs.items()},
                operations=operations,
                flip_flops=flip_flops,
                stores=stores,
                names={name: alias[bits] for name, bits in netlist.names.items()},
            )
        )

    def operation(self, each: Operation) -> Operation | None:
        """Return what is left of an operation, None where nothing is."""
        alias = self.alias
        inputs = {name: alias[bits] for name, bits in each.inputs.items()}
        y = each.y
        if (alias[y] < CONSTANTS).all():
            return None
        kind = each.kind
        if kind in _BITWISE:
            width = len(y)
            for name in ("A", "B"):
                if name in inputs:
                    inputs[name] = extended(inputs[name], width, each.signed)
            same = self._same(kind, inputs, y)
            settled = (same >= 0) & (alias[y] >= CONSTANTS)
            alias[y[settled]] = same[settled]
            left = (alias[y] >= CONSTANTS) & ~settled
            if not left.any():
                return None
            y = y[left]
            inputs = {name: bits if name == "S" else bits[left] for name, bits in inputs.items()}
        elif kind == "pmux":
            inputs = self._cases(inputs, len(y))
            if not len(inputs["S"]):
                alias[y] = inputs["A"]
                return None
            if len(inputs["S"]) == 1:
                kind = "mux"
        elif kind in ("shl", "sshl", "shr", "sshr") and (inputs["B"] < CONSTANTS).all():
            alias[y] = _shifted(kind, inputs["A"], inputs["B"], len(y), each.signed)
            return None
        key = (kind, each.signed, each.store, len(y), *((name, bits.tobytes()) for name, bits in inputs.items()))
        if kind != "force":
            if key in self.found:
                alias[y] = self.found[key]
                return None
            self.found[key] = y
        return dataclasses.replace(each, kind=kind, y=y, inputs=inputs)

    @staticmethod
    def _same(kind: str, inputs: dict[str, Bits], y: Bits) -> Bits:
        """Return the bit that each result is, -1 where it is none."""
        a, b = inputs["A"], inputs.get("B", inputs["A"])
        same = np.full(len(y), -1, dtype=np.int32)
        zero_a, zero_b = a != 1, b != 1
        zero_a, zero_b = zero_a & (a < CONSTANTS), zero_b & (b < CONSTANTS)
        match kind:
            case "pos":
                same = a.copy()
            case "and":
                same = np.where(b == 1, a, np.where(a == 1, b, np.where(a == b, a, same)))
            case "or":
                same = np.where(zero_b, a, np.where(zero_a, b, np.where(a == b, a, same)))
            case "xor":
                same = np.where(zero_b, a, np.where(zero_a, b, same))
            case "mux":
                select = int(inputs["S"][0])
                if select < CONSTANTS:
                    same = b.copy() if select == 1 else a.copy()
                else:
                    same = np.where(a == b, a, np.where((b == 1) & zero_a, select, same))
        return same.astype(np.int32)

    @staticmethod
    def _cases(inputs: dict[str, Bits], width: int) -> dict[str, Bits]:
        """Return the inputs of a parallel multiplexer without the cases that are decided."""
        a, b, selects = inputs["A"], inputs["B"].reshape(-1, width), inputs["S"]
        # In order: a later case that is chosen wins.
        certain = np.flatnonzero(selects == 1)
        first = 0
        if len(certain):
            first = int(certain[-1]) + 1
            a = b[first - 1]
        left = np.arange(len(selects)) >= first
        left &= selects >= CONSTANTS
        return {"A": a, "B": b[left].reshape(-1), "S": selects[left]}


def _shifted(kind: str, a: Bits, amount: Bits, width: int, signed: bool) -> Bits:
    distance = sum(1 << place for place, bit in enumerate(amount.tolist()) if bit == 1)
    filling = a[-1] if kind == "sshr" and signed else 0
    wide = extended(a, max(width, len(a)), signed)
    count = len(wide)
    fill = np.full(min(distance, count), filling, dtype=np.int32)
    if kind in ("shl", "sshl"):
        return np.concatenate([fill, wide])[:width]
    return np.concatenate([wide[distance:], fill])[:width]
