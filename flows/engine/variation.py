"""Nets that may differ between lanes."""

import collections
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from .netlist import Bits, FlipFlops, Netlist, Operation

__all__ = ["find_varying"]

#: What has results: an operation, flip-flops, or a memory by its index.
_Node = Operation | FlipFlops | int

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
    nodes: list[_Node] = [*netlist.operations, *netlist.flip_flops, *range(len(netlist.stores))]
    first_store = len(netlist.operations) + len(netlist.flip_flops)
    made_by = np.full(netlist.bits, -1, dtype=np.int32)
    for number, node in enumerate(nodes):
        if isinstance(node, Operation):
            made_by[node.y] = number
        elif isinstance(node, FlipFlops):
            made_by[node.q] = number
    readers: list[list[int]] = [[] for _ in nodes]
    sources = []
    for number, node in enumerate(nodes):
        inputs = _inputs(netlist, node)
        for own in inputs:
            for maker in np.unique(made_by[own]).tolist():
                if maker >= 0:
                    readers[maker].append(number)
        source = any(varying[own].any() for own in inputs)
        if isinstance(node, Operation):
            source |= node.kind == "force"
            if node.store >= 0:
                readers[first_store + node.store].append(number)
                source |= bool(differ[node.store].any())
        if source:
            sources.append(number)
    queue = collections.deque(sources)
    queued = set(sources)
    while queue:
        number = queue.popleft()
        queued.discard(number)
        node = nodes[number]
        if isinstance(node, Operation):
            before, after = varying[node.y], varying[node.y] | _result(node, varying, differ)
            varying[node.y] = after
        elif isinstance(node, FlipFlops):
            before, after = varying[node.q], varying[node.q] | varying[node.d]
            varying[node.q] = after
        else:
            before, after = differ[node], differ[node].copy()
            for write in netlist.stores[node].writes:
                after |= varying[write.address].any() | varying[write.data] | varying[write.enable]
            differ[node] = after
        if (after != before).any():
            for reader in readers[number]:
                if reader not in queued:
                    queued.add(reader)
                    queue.append(reader)
    return varying, differ


def _inputs(netlist: Netlist, node: _Node) -> list[Bits]:
    if isinstance(node, Operation):
        return list(node.inputs.values())
    if isinstance(node, FlipFlops):
        return [node.d]
    return [bits for write in netlist.stores[node].writes for bits in (write.address, write.data, write.enable)]


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
