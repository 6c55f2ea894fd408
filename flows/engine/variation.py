"""Nets that may differ between lanes."""

import collections
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from .netlist import Bits, Netlist, Operation

__all__ = ["find_varying"]

_BITWISE = frozenset(("not", "and", "or", "xor", "xnor", "pos"))


def find_varying(
    netlist: Netlist, bits: Iterable[Bits], stores: Iterable[int] = ()
) -> tuple[npt.NDArray[np.bool_], list[npt.NDArray[np.bool_]]]:
    """Return which bits, and which bits of the words of each memory, may differ between lanes, now or later.

    Parameters
    ----------
    netlist
        Netlist.
    bits
        Inputs, and flip-flops by their outputs, that may differ; what is not among them is taken to be the same in all
        lanes.
    stores
        Memories whose contents differ.
    """
    varying = np.zeros(netlist.bits, dtype=bool)
    differ = [np.zeros(store.width, dtype=bool) for store in netlist.stores]
    for index in stores:
        differ[index][:] = True
    for each in bits:
        varying[each] = True
    varying[:4] = False
    nodes: list[tuple[str, object]] = [("operation", each) for each in netlist.operations]
    nodes += [("flip-flops", each) for each in netlist.flip_flops]
    nodes += [("store", index) for index in range(len(netlist.stores))]
    made_by = np.full(netlist.bits, -1, dtype=np.int32)
    first_store = len(netlist.operations) + len(netlist.flip_flops)
    readers: list[list[int]] = [[] for _ in nodes]
    for number, (kind, each) in enumerate(nodes):
        if kind == "operation":
            made_by[each.y] = number  # type: ignore[attr-defined]
        elif kind == "flip-flops":
            made_by[each.q] = number  # type: ignore[attr-defined]
    sources: dict[int, list[int]] = collections.defaultdict(list)
    for number, (kind, each) in enumerate(nodes):
        for own in _inputs(netlist, kind, each):
            for maker in np.unique(made_by[own]).tolist():
                if maker >= 0:
                    readers[maker].append(number)
            if varying[own].any():
                sources[number].append(number)
        if kind == "operation" and each.kind == "force":  # type: ignore[attr-defined]
            sources[number].append(number)
        if kind == "operation" and each.store >= 0:  # type: ignore[attr-defined]
            readers[first_store + each.store].append(number)  # type: ignore[attr-defined]
            if differ[each.store].any():  # type: ignore[attr-defined]
                sources[number].append(number)
    queue = collections.deque(sources)
    queued = set(sources)
    while queue:
        number = queue.popleft()
        queued.discard(number)
        kind, each = nodes[number]
        if kind == "store":
            index: int = each  # type: ignore[assignment]
            after = differ[index].copy()
            for write in netlist.stores[index].writes:
                after |= varying[write.address].any() | varying[write.data] | varying[write.enable]
            changed = bool((after != differ[index]).any())
            differ[index] = after
        elif kind == "flip-flops":
            before = varying[each.q]  # type: ignore[attr-defined]
            after = before | varying[each.d]  # type: ignore[attr-defined]
            changed = bool((after != before).any())
            varying[each.q] = after  # type: ignore[attr-defined]
        else:
            operation: Operation = each  # type: ignore[assignment]
            before = varying[operation.y]
            after = before | _result(operation, varying, differ)
            changed = bool((after != before).any())
            varying[operation.y] = after
        if changed:
            for reader in readers[number]:
                if reader not in queued:
                    queued.add(reader)
                    queue.append(reader)
    return varying, differ


def _inputs(netlist: Netlist, kind: str, each: object) -> list[Bits]:
    if kind == "operation":
        return list(each.inputs.values())  # type: ignore[attr-defined]
    if kind == "flip-flops":
        return [each.d]  # type: ignore[attr-defined]
    store = netlist.stores[each]  # type: ignore[call-overload]
    return [bits for write in store.writes for bits in (write.address, write.data, write.enable)]


def _result(
    each: Operation, varying: npt.NDArray[np.bool_], differ: list[npt.NDArray[np.bool_]]
) -> npt.NDArray[np.bool_]:
    """Return which results may differ: bit by bit where the operation is."""
    inputs, width = each.inputs, len(each.y)
    if each.kind in _BITWISE:
        found = np.zeros(width, dtype=bool)
        for bits in inputs.values():
            own = varying[bits]
            if len(own) < width:
                own = np.pad(own, (0, width - len(own)), mode="edge" if each.signed else "constant")
            found |= own[:width]
        return found
    if each.kind in ("mux", "pmux"):
        if varying[inputs["S"]].any():
            return np.ones(width, dtype=bool)
        return varying[inputs["A"]] | varying[inputs["B"]].reshape(-1, width).any(axis=0)
    some = each.kind == "force" or any(varying[bits].any() for bits in inputs.values())
    if each.store >= 0:
        return differ[each.store] | some
    return np.full(width, some)
