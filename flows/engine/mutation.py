"""Mutants of a netlist, one in each lane."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

from .forces import Fault, Masks, Place, force_nets
from .machine import Machine
from .netlist import CONSTANTS, Bits, Netlist
from .program import compile_netlist

__all__ = ["KINDS", "Mutant", "draw_mutants", "kill"]

#: Tries for each mutant: of a small netlist most are drawn again and again.
_TRIES = 100
_MOST = 10_000

#: What a mutated bit is: a constant, its inverse, or the XOR with another bit of its port.
KINDS = ("stuck-0", "stuck-1", "inverted", "controlled")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mutant:
    """Netlist with one changed bit."""

    number: int
    """Its number, from 0."""

    kind: str
    """One of :data:`KINDS`."""

    place: Place
    """Bit that is changed: for all that read it, or for one input of one cell."""

    cell: str
    """Path of the cell."""

    port: str
    """Port of the cell, and bit of this, as text."""


def draw_mutants(netlist: Netlist, count: int, seed: int) -> list[Mutant]:
    """Return ``count`` different mutants of ``netlist``: a random cell, a random bit of a random port, a random change.

    Raises
    ------
    InputError
        There are not so many.
    """
    rng = np.random.default_rng(seed)
    mutants: list[Mutant] = []
    found: set[tuple[object, ...]] = set()
    for _ in range(_TRIES * min(count, _MOST)):
        if len(mutants) == count:
            return mutants
        index = int(rng.integers(len(netlist.operations)))
        operation = netlist.operations[index]
        port = ["Y", *operation.inputs][int(rng.integers(1 + len(operation.inputs)))]
        bits = operation.y if port == "Y" else operation.inputs[port]
        if not len(bits):
            continue
        place = int(rng.integers(len(bits)))
        kind = KINDS[int(rng.integers(len(KINDS)))]
        other = int(bits[rng.integers(len(bits))]) if kind == "controlled" else 0
        bit = int(bits[place])
        key = (index, port, place, kind, other)
        if bit < CONSTANTS or key in found or (kind == "controlled" and (other < CONSTANTS or other == bit)):
            continue
        found.add(key)
        own = Place(
            bit=bit, other=other, operation=-1 if port == "Y" else index, port="" if port == "Y" else port, index=place
        )
        name = f"{port}[{place}]"
        mutants.append(Mutant(number=len(mutants), kind=kind, place=own, cell=operation.name, port=name))
    raise InputError(f"mutants must be at most those that the netlist has, some {len(found)}, not {count}")


def kill(
    library: Path,
    netlist: Netlist,
    mutants: Sequence[Mutant],
    stimulus: npt.NDArray[np.uint8],
    observed: Callable[[dict[str, npt.NDArray[np.uint64]]], npt.NDArray[np.uint64]],
) -> npt.NDArray[np.int64]:
    """Return the first cycle in which each mutant shows, -1 where it never does.

    Parameters
    ----------
    library
        Library of the kernel.
    netlist
        Netlist.
    mutants
        Mutants.
    stimulus
        Values of all inputs in each cycle, shape (cycles, bits).
    observed
        Returns what an observer sees of the outputs, words of any shape (…, parts), given those of each port.
    """
    killed = np.full(len(mutants), -1, dtype=np.int64)
    lanes = 2
    first = 0
    while first < len(mutants):
        some = mutants[first : first + lanes - 1]
        forces = force_nets(netlist, [each.place for each in some])
        machine = Machine(library, forces.netlist, compile_netlist(forces.netlist))
        if machine.lanes > lanes:
            # The kernel tells how many there are.
            lanes = machine.lanes
            continue
        machine.reset()
        faults = [Fault(lane=1 + index, place=index, kind=each.kind) for index, each in enumerate(some)]
        machine.force(Masks.of(machine.program, forces, faults, lanes))
        cycles = _first_differences(machine, stimulus, observed)
        killed[first : first + len(some)] = cycles[1 : 1 + len(some)]
        first += len(some)
    return killed


def _first_differences(
    machine: Machine,
    stimulus: npt.NDArray[np.uint8],
    observed: Callable[[dict[str, npt.NDArray[np.uint64]]], npt.NDArray[np.uint64]],
) -> npt.NDArray[np.int64]:
    """Return the first cycle in which each lane differs from lane 0, -1 where there is none."""
    inputs: Bits = np.concatenate(list(machine.netlist.inputs.values()))
    names = list(machine.netlist.outputs)
    sizes = np.cumsum([len(bits) for bits in machine.netlist.outputs.values()])[:-1]
    outputs: Bits = np.concatenate(list(machine.netlist.outputs.values()))
    found = np.full(machine.lanes, -1, dtype=np.int64)
    seen = np.zeros(machine.lanes // 64, dtype=np.uint64)
    for cycle, bits in enumerate(stimulus):
        machine.set(inputs, bits)
        machine.evaluate()
        words = observed(dict(zip(names, np.split(machine.get_lanes(outputs), sizes), strict=True)))
        own = np.where(words[..., :1] & np.uint64(1), ~np.uint64(0), np.uint64(0))
        differ = np.bitwise_or.reduce((words ^ own).reshape(-1, words.shape[-1]), axis=0)
        new = differ & ~seen
        if new.any():
            lanes = np.unpackbits(new.view(np.uint8), bitorder="little").astype(bool)
            found[lanes] = cycle
            seen |= new
        machine.edge()
    return found
