"""Nets that are forced in some of the lanes."""

import copy
import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

from .netlist import CONSTANTS, FlipFlops, Netlist, Operation, StoreWrite, ordered
from .program import Program

__all__ = ["FAULTS", "Fault", "Forces", "Masks", "Place", "force_nets"]

_PARTS = 4
_KEEP, _SET, _FLIP, _CONTROL = range(_PARTS)
_WORD = 64

#: What a forced net is.
FAULTS = ("stuck-0", "stuck-1", "inverted", "flipped", "controlled")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fault:
    """Fault of a net in one lane."""

    lane: int
    """Lane that has it."""

    place: int
    """Number of the forced net, in the order in which these were given."""

    kind: str
    """One of :data:`FAULTS`: `flipped` inverts it in one cycle, and `controlled` where the net's other bit is 1."""

    cycle: int = -1
    """Cycle of `flipped`, from the start of the machine."""


@dataclasses.dataclass(frozen=True)
class Forces:
    """Netlist whose nets can be forced."""

    netlist: Netlist
    """Netlist with an operation `force` behind each net."""

    outputs: list[int]
    """Bit of each of these, in the order in which the nets were given."""


@dataclasses.dataclass(frozen=True)
class Masks:
    """Masks of the kernel for the faults of all lanes."""

    words: npt.NDArray[np.uint64]
    """Masks of shape (forces, 4, parts of a word)."""

    events: npt.NDArray[np.int64]
    """Changes of masks: cycle, force and lane, in the order of the cycles."""

    @classmethod
    def of(cls, program: Program, forces: Forces, faults: Sequence[Fault], lanes: int) -> "Masks":
        """Return the masks of ``faults``.

        Raises
        ------
        InputError
            A fault is of no known kind, or of a lane that there is not.
        """
        numbers = {bit: number for number, bit in enumerate(program.forced)}
        words = np.zeros((len(program.forced), _PARTS, lanes // _WORD), dtype=np.uint64)
        words[:, _KEEP] = ~np.uint64(0)
        events = []
        for fault in faults:
            if fault.lane not in range(lanes):
                raise InputError(f"lane must be between 0 and {lanes - 1}, not {fault.lane}")
            force = numbers.get(forces.outputs[fault.place])
            if force is None:
                # Nothing reads the net.
                continue
            part, bit = fault.lane // _WORD, np.uint64(1 << fault.lane % _WORD)
            match fault.kind:
                case "stuck-0" | "stuck-1":
                    words[force, _KEEP, part] &= ~bit
                    if fault.kind == "stuck-1":
                        words[force, _SET, part] |= bit
                case "inverted":
                    words[force, _FLIP, part] |= bit
                case "flipped":
                    events += [(fault.cycle, force, fault.lane), (fault.cycle + 1, force, fault.lane)]
                case "controlled":
                    words[force, _CONTROL, part] |= bit
                case other:
                    raise InputError(f"fault must be one of {', '.join(FAULTS)}, not {other!r}")
        return cls(words, np.array(sorted(events), dtype=np.int64).reshape(-1, 3))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Net, or one reader's view of it, that can be forced."""

    bit: int
    """Bit of the netlist."""

    other: int = 0
    """Bit that controls it, 0 for none."""

    operation: int = -1
    """Number of the only operation that sees the fault, -1 where all readers do."""

    port: str = ""
    """Port of that operation."""

    index: int = 0
    """Bit of the port."""


def force_nets(netlist: Netlist, places: Sequence[Place]) -> Forces:
    """Return ``netlist`` with an operation `force` at each of ``places``.

    Of places at one net each sees what the one before makes of it.

    Raises
    ------
    InputError
        A place is a constant, or no bit of the netlist.
    """
    count = len(places)
    for place in places:
        if place.bit not in range(CONSTANTS, netlist.bits):
            raise InputError(f"net must be one that changes, not number {place.bit}")
    new = np.arange(netlist.bits, netlist.bits + count, dtype=np.int32)
    seen = np.arange(netlist.bits + count, dtype=np.int32)
    operations = [dataclasses.replace(each, inputs=dict(each.inputs)) for each in netlist.operations]
    added = []
    local: list[tuple[int, Place]] = []
    for output, place in zip(new.tolist(), places, strict=True):
        if place.operation >= 0:
            local.append((output, place))
            continue
        a, b = (np.array([seen[bit]], dtype=np.int32) for bit in (place.bit, place.other))
        added.append(Operation("force", np.array([output], dtype=np.int32), {"A": a, "B": b}, name="force"))
        seen[place.bit] = output
    for each in operations:
        each.inputs = {name: seen[bits] for name, bits in each.inputs.items()}
    for output, place in local:
        ports = operations[place.operation].inputs
        bits = ports[place.port].copy()
        a, b = bits[place.index : place.index + 1].copy(), seen[[place.other]]
        added.append(Operation("force", np.array([output], dtype=np.int32), {"A": a, "B": b}, name="force"))
        bits[place.index] = output
        ports[place.port] = bits
    stores = []
    for store in netlist.stores:
        own = copy.copy(store)
        own.writes = [StoreWrite(seen[each.address], seen[each.data], seen[each.enable]) for each in store.writes]
        stores.append(own)
    forced = ordered(
        dataclasses.replace(
            netlist,
            bits=netlist.bits + count,
            outputs={name: seen[bits] for name, bits in netlist.outputs.items()},
            operations=operations + added,
            flip_flops=[FlipFlops(each.q, seen[each.d], each.init) for each in netlist.flip_flops],
            stores=stores,
        )
    )
    return Forces(forced, new.tolist())
