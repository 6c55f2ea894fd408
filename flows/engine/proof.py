"""Proof that a mutant does nothing."""

import dataclasses
import enum
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import z3

from .mutation import Mutant
from .netlist import CONSTANTS, Bits, Netlist, Operation

__all__ = ["Invariants", "Prover", "Verdict", "find_invariants"]

#: Widest word of flip-flops whose values are enumerated.
_WIDEST = 8


class Verdict(enum.StrEnum):
    """Outcome of a proof."""

    EQUAL = "equal"
    """No state and no input in which the mutant does anything else."""

    UNKNOWN = "unknown"
    """Some state that may never occur, or no answer within the limit."""


@dataclasses.dataclass(frozen=True)
class Invariants:
    """Words of flip-flops, and the values that each may have."""

    words: list[tuple[Bits, frozenset[int]]]
    """Flip-flops by their outputs, and values."""


class _Logic:
    """Boolean functions of the bits of a netlist, made where they are asked for."""

    def __init__(self, netlist: Netlist):
        self.netlist = netlist
        self.made: dict[int, z3.BoolRef] = {0: z3.BoolVal(False), 1: z3.BoolVal(True), 2: z3.BoolVal(False)}
        self.made[3] = self.made[2]
        self.maker: dict[int, int] = {}
        for index, operation in enumerate(netlist.operations):
            for bit in operation.y.tolist():
                self.maker[bit] = index
        self._done: set[int] = set()

    def get(self, bits: Bits) -> list[z3.BoolRef]:
        """Return the functions of ``bits``."""
        for index in self.cone(bits):
            operation = self.netlist.operations[index]
            results = evaluate(operation, {name: self._known(own) for name, own in operation.inputs.items()})
            for bit, result in zip(operation.y.tolist(), results, strict=True):
                self.made[bit] = z3.Bool(f"n{bit}") if result is None else result
            self._done.add(index)
        return self._known(bits)

    def _known(self, bits: Bits) -> list[z3.BoolRef]:
        return [self.made.setdefault(bit, z3.Bool(f"n{bit}")) for bit in bits.tolist()]

    def cone(self, bits: Bits) -> list[int]:
        """Return the operations that ``bits`` depend on and that were not made before, in order."""
        needed: set[int] = set()
        stack = [self.maker[bit] for bit in bits.tolist() if bit in self.maker]
        while stack:
            index = stack.pop()
            if index in needed or index in self._done:
                continue
            needed.add(index)
            for own in self.netlist.operations[index].inputs.values():
                stack += [self.maker[bit] for bit in own.tolist() if bit in self.maker]
        return sorted(needed)


def evaluate(operation: Operation, inputs: dict[str, list[z3.BoolRef]]) -> list[z3.BoolRef | None]:
    """Return the functions of an operation's results, None for those of a memory."""
    kind, width = operation.kind, len(operation.y)
    false = z3.BoolVal(False)

    def number(name: str, size: int) -> list[z3.BoolRef]:
        bits = inputs[name]
        filling = bits[-1] if operation.signed and bits else false
        return [*bits[:size], *[filling] * (size - len(bits))]

    def wide(bit: z3.BoolRef) -> list[z3.BoolRef | None]:
        return [bit, *[false] * (width - 1)]

    def added(a: list[z3.BoolRef], b: list[z3.BoolRef], carry: z3.BoolRef) -> list[z3.BoolRef]:
        total = []
        for x, y in zip(a, b, strict=True):
            half = z3.Xor(x, y)
            total.append(z3.Xor(half, carry))
            carry = z3.Or(z3.And(x, y), z3.And(half, carry))
        return total

    match kind:
        case "memrd":
            return [None] * width
        case "not":
            return [z3.Not(bit) for bit in number("A", width)]
        case "pos":
            return list(number("A", width))
        case "and" | "or" | "xor" | "xnor":
            function: Callable[..., z3.BoolRef] = {"and": z3.And, "or": z3.Or}.get(kind, z3.Xor)
            found = [function(x, y) for x, y in zip(number("A", width), number("B", width), strict=True)]
            return [z3.Not(bit) for bit in found] if kind == "xnor" else list(found)
        case "mux" | "pmux":
            chosen = inputs["A"]
            for index, select in enumerate(inputs["S"]):
                case = inputs["B"][index * width : (index + 1) * width]
                chosen = [z3.If(select, x, y) for x, y in zip(case, chosen, strict=True)]
            return list(chosen)
        case "reduce_and":
            return wide(z3.And(*inputs["A"]))
        case "reduce_or" | "reduce_bool":
            return wide(z3.Or(*inputs["A"]))
        case "logic_not":
            return wide(z3.Not(z3.Or(*inputs["A"])))
        case "logic_and" | "logic_or":
            pair = [z3.Or(*inputs[name]) for name in ("A", "B")]
            return wide(z3.And(*pair) if kind == "logic_and" else z3.Or(*pair))
        case "reduce_xor" | "reduce_xnor":
            parity = false
            for bit in inputs["A"]:
                parity = z3.Xor(parity, bit)
            return wide(z3.Not(parity) if kind == "reduce_xnor" else parity)
        case "eq" | "eqx" | "ne" | "nex":
            size = max(len(inputs["A"]), len(inputs["B"]))
            same = z3.And(*(x == y for x, y in zip(number("A", size), number("B", size), strict=True)))
            return wide(same if kind in ("eq", "eqx") else z3.Not(same))
        case "lt" | "le" | "gt" | "ge":
            size = max(len(inputs["A"]), len(inputs["B"]))
            a, b = number("A", size), number("B", size)
            if operation.signed:
                a, b = [*a[:-1], z3.Not(a[-1])], [*b[:-1], z3.Not(b[-1])]
            if kind in ("gt", "le"):
                a, b = b, a
            less = false
            for x, y in zip(a, b, strict=True):
                less = z3.If(z3.Xor(x, y), y, less)
            return wide(less if kind in ("lt", "gt") else z3.Not(less))
        case "add":
            return list(added(number("A", width), number("B", width), false))
        case "sub" | "neg":
            a = number("A", width) if kind == "sub" else [false] * width
            b = number("B" if kind == "sub" else "A", width)
            return list(added(a, [z3.Not(bit) for bit in b], z3.BoolVal(True)))
        case "mul":
            a, total = number("A", width), [false] * width
            b = number("B", width) if operation.signed else inputs["B"][:width]
            for index, bit in enumerate(b):
                row = [false] * index + [z3.And(bit, x) for x in a[: width - index]]
                total = added(total, row, false)
            return list(total)
        case "shl" | "sshl" | "shr" | "sshr":
            size = max(width, len(inputs["A"]))
            moved = number("A", size)
            filling = moved[-1] if kind == "sshr" and operation.signed else false
            for index, bit in enumerate(inputs["B"]):
                distance = min(1 << index, size)
                fill = [filling] * distance
                shifted = fill + moved[: size - distance] if kind in ("shl", "sshl") else moved[distance:] + fill
                moved = [z3.If(bit, x, y) for x, y in zip(shifted, moved, strict=True)]
            return list(moved[:width])
    raise ValueError(kind)


def _within(bits: list[z3.BoolRef], values: frozenset[int]) -> z3.BoolRef:
    """Return that a number is one of ``values``."""
    rows = []
    for value in sorted(values):
        rows.append(z3.And(*(bit if value >> place & 1 else z3.Not(bit) for place, bit in enumerate(bits))))
    return z3.Or(*rows)


def find_invariants(netlist: Netlist, seen: Sequence[tuple[Bits, frozenset[int]]], *, limit: int) -> Invariants:
    """Return those of ``seen``, words and all values that they had, that hold in every state that can be reached.

    All hold after reset; each that does not follow for the next cycle from all others is dropped, until none is.

    Parameters
    ----------
    netlist
        Netlist.
    seen
        Words of flip-flops by their outputs, and the values that they were seen to have.
    limit
        Milliseconds for each question; what is not answered by then is dropped.
    """
    next_of = {int(q): int(d) for each in netlist.flip_flops for q, d in zip(each.q, each.d, strict=True)}
    logic = _Logic(netlist)
    left = [(bits, values) for bits, values in seen if len(bits) <= _WIDEST and len(values) < 1 << len(bits)]
    while True:
        solver = z3.Solver()
        solver.set("timeout", limit)
        for bits, values in left:
            solver.add(_within(logic.get(bits), values))
        kept = []
        for bits, values in left:
            following = np.array([next_of[bit] for bit in bits.tolist()], dtype=np.int32)
            if solver.check(z3.Not(_within(logic.get(following), values))) == z3.unsat:
                kept.append((bits, values))
        if len(kept) == len(left):
            return Invariants(kept)
        left = kept


class Prover:
    """Proofs that mutants of one netlist do nothing.

    Parameters
    ----------
    netlist
        Netlist.
    invariants
        What is true in every state.
    """

    def __init__(self, netlist: Netlist, invariants: Invariants):
        self._netlist, self._logic = netlist, _Logic(netlist)
        self._allowed = [_within(self._logic.get(bits), values) for bits, values in invariants.words]

    def prove(self, mutant: Mutant, *, limit: int) -> Verdict:
        """Try to prove that ``mutant`` gives the same next state and outputs in every state that is allowed.

        Parameters
        ----------
        mutant
            Mutant of the netlist.
        limit
            Milliseconds.
        """
        netlist, logic = self._netlist, self._logic
        place = mutant.place
        changed: dict[int, z3.BoolRef] = {}

        def mutated(bit: int) -> z3.BoolRef:
            own, other = logic.get(np.array([bit, place.other], dtype=np.int32))
            match mutant.kind:
                case "stuck-0":
                    return z3.BoolVal(False)
                case "stuck-1":
                    return z3.BoolVal(True)
                case "inverted":
                    return z3.Not(own)
            return z3.Xor(own, other)

        if place.operation < 0:
            changed[place.bit] = mutated(place.bit)
        differences: list[z3.BoolRef] = []
        sinks: set[int] = set()
        for index, operation in enumerate(netlist.operations):
            local = index == place.operation
            if not local and not any(bit in changed for bits in operation.inputs.values() for bit in bits.tolist()):
                continue
            inputs = {}
            for name, bits in operation.inputs.items():
                own = logic.get(bits)
                inputs[name] = [changed.get(bit, known) for bit, known in zip(bits.tolist(), own, strict=True)]
                if local and name == place.port:
                    inputs[name][place.index] = mutated(place.bit)
            if operation.kind == "memrd":
                # Another address is another word.
                own = logic.get(operation.inputs["ADDR"])
                differences += [z3.Xor(x, y) for x, y in zip(own, inputs["ADDR"], strict=True)]
                continue
            for bit, result in zip(operation.y.tolist(), evaluate(operation, inputs), strict=True):
                if bit == place.bit and place.operation < 0:
                    continue
                changed[bit] = z3.simplify(result)
        for bits in _sinks(netlist):
            sinks.update(bit for bit in bits.tolist() if bit in changed and bit >= CONSTANTS)
        for bit in sorted(sinks):
            (own,) = logic.get(np.array([bit], dtype=np.int32))
            differences.append(z3.Xor(own, changed[bit]))
        if not differences:
            return Verdict.EQUAL
        solver = z3.Solver()
        solver.set("timeout", limit)
        solver.add(*self._allowed)
        solver.add(z3.Or(*differences))
        return Verdict.EQUAL if solver.check() == z3.unsat else Verdict.UNKNOWN


def _sinks(netlist: Netlist) -> list[npt.NDArray[np.int32]]:
    """Return what the rest of the world and the next cycle see: outputs, and inputs of flip-flops and memories."""
    found = [*netlist.outputs.values(), *(each.d for each in netlist.flip_flops)]
    for store in netlist.stores:
        for write in store.writes:
            found += [write.address, write.data, write.enable]
    return found
