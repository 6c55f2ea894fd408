"""Rooms and blocks of the instances of a design."""

import dataclasses
import re
from collections.abc import Mapping, Sequence

from amaranth.hdl import Fragment
from amaranth.lib import wiring

__all__ = ["Block", "Hierarchy"]

_PACKAGE = "hdl"

#: Suffix that the back end appends to an instance that is called like a net.
_NUMBER = re.compile(r"\$\d+$")

#: Where library queues stand: beside those of the house.
_LIBRARY = {"amaranth.lib.fifo": ("streams", "fifo")}

#: Room of the top's list of connections; its blocks are those that it connects.
_CONNECTIONS = "core"

#: Rooms whose components are parts of the block that has them; memories of rows are listed by themselves there.
_PARTS = ("lanes", "streams")
_MEMORIES = "rows"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Block:
    """A kind of block in a room."""

    room: str
    """Folder of :mod:`hdl` that it stands in."""

    name: str
    """Name of its file, in words."""

    def __str__(self) -> str:
        return f"{self.room}: {self.name}"


class Hierarchy:
    """Blocks of a component, found by elaborating it.

    A block is called like the file of its class. An instance belongs to the innermost block on the way to it. Adders,
    counters and whatever else stands in :mod:`hdl.lanes` or :mod:`hdl.streams` is part of the block that has it, as are
    the memories and queues of the library; what of it stands between the blocks is a block itself. Stores of rows
    (:mod:`hdl.rows`) are blocks in the room of the block that has them.

    Parameters
    ----------
    component
        Top of the design, a block itself.

    Raises
    ------
    ValueError
        The class of the component stands in no room.
    """

    def __init__(self, component: wiring.Component):
        self._blocks: dict[tuple[str, ...], Block] = {}
        self._nameless: list[tuple[str, ...]] = []
        fragment = Fragment.get(component, None)
        if _place(fragment) is None:
            raise ValueError(f"Hierarchy component must be a block of {_PACKAGE}, not {component!r}")
        self._walk(fragment, (), ())

    @property
    def blocks(self) -> Mapping[tuple[str, ...], Block]:
        """Block of every instance by its path, memories included, in the order of the design."""
        return self._blocks

    @property
    def nameless(self) -> tuple[tuple[str, ...], ...]:
        """Paths of the instances between the blocks that are of no room, and so of no block either."""
        return tuple(self._nameless)

    def block(self, path: Sequence[str]) -> Block:
        """Return the block of the instance at ``path``, or of the innermost one there that is known."""
        return self._blocks[self.known(path)]

    def known(self, path: Sequence[str]) -> tuple[str, ...]:
        """Return the path of the innermost instance on the way to ``path``, without the numbers of Verilog's names."""
        names = tuple(_NUMBER.sub("", name) for name in path)
        return next(names[:end] for end in range(len(names), -1, -1) if names[:end] in self._blocks)

    def _walk(self, fragment: Fragment, path: tuple[str, ...], outer: tuple[Block, ...]) -> None:
        own = _place(fragment)
        if own is None and _lists(outer) == len(outer):
            self._nameless.append(path)
        chain = outer if own is None else (*outer, own)
        self._blocks[path] = _block(chain)
        for inner, name, _ in fragment.subfragments:
            self._walk(inner, (*path, name), chain)


def _place(fragment: Fragment) -> Block | None:
    """Return room and name of the component that ``fragment`` was made of; None where its class is in no room."""
    for origin in fragment.origins or ():
        module = type(origin).__module__
        if module in _LIBRARY:
            room, name = _LIBRARY[module]
            return Block(room=room, name=name)
        package, _, place = module.partition(".")
        if package == _PACKAGE and place:
            room, *_ = names = place.split(".")
            return Block(room=room, name=names[-1].replace("_", " "))
    return None


def _lists(chain: Sequence[Block]) -> int:
    """Return how many of the outermost components only connect others."""
    return next((index for index, each in enumerate(chain) if index and each.room != _CONNECTIONS), len(chain))


def _block(chain: Sequence[Block]) -> Block:
    """Return the block of an instance, given the components on the way to it, itself included."""
    lists = _lists(chain)
    blocks = [each for each in chain[lists:] if each.room not in _PARTS]
    if not blocks:
        # An instance between the blocks is a block itself, whatever it has inside.
        return chain[min(lists, len(chain) - 1)]
    found = blocks[-1]
    owners = [each.room for each in blocks if each.room != _MEMORIES]
    return found if found.room != _MEMORIES or not owners else Block(room=owners[-1], name=found.name)
