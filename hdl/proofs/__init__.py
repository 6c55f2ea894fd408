"""Proofs of the blocks, a file for each. The command ``bayescim prove`` runs the proofs.

A proof is a bench in Amaranth: the block with free inputs, assumptions about whoever feeds it, assertions, and covers
that must be reachable. Nothing here becomes hardware. A module with a function ``proofs`` in one of the rooms is found;
it is called as its block.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping

from .bench import Bench
from .proof import Method, Proof

__all__ = ["BLOCKS", "ROOMS", "Bench", "Method", "Proof"]

#: Rooms in the order of tables: the way of an input through the core, then what the blocks on it are made of.
ROOMS = (
    "axi",
    "inputs",
    "crossbar",
    "crossbar.macro",
    "neurons",
    "passes",
    "results",
    "results.predictive",
    "stochastic",
    "control",
    "rows",
    "lanes",
    "streams",
)


def _find() -> Iterator[tuple[str, Callable[[], Iterator[Proof]]]]:
    """Yield the blocks of all rooms, by name within a room, and how to list the proofs of each."""
    modules = [info.name for info in pkgutil.walk_packages(__path__, f"{__name__}.") if not info.ispkg]
    places = [name.removeprefix(f"{__name__}.").rpartition(".") for name in modules]
    rooms = {room for room, _, _ in places if room}
    if unknown := rooms - set(ROOMS):
        raise ImportError(f"ROOMS must list all rooms with proofs, not omit {', '.join(sorted(unknown))}")
    for room, _, block in sorted((place for place in places if place[0]), key=lambda place: ROOMS.index(place[0])):
        module = importlib.import_module(f".{room}.{block}", __name__)
        if hasattr(module, "proofs"):
            yield block, module.proofs


#: How to list the proofs of each block.
BLOCKS: Mapping[str, Callable[[], Iterator[Proof]]] = dict(_find())
