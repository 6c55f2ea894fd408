"""One document."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .result_kind import ResultKind

__all__ = ["PICTURES", "RESULTS", "Page", "kept"]

#: Where the results of a checkout are kept, and its pictures.
RESULTS = Path("docs/results")
PICTURES = Path("docs/pictures")


def _no_pictures(_: Path) -> Mapping[str, Callable[[], bytes]]:
    """Return that there are no pictures."""
    return {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    """A document with sections from kept results.

    The functions get the root of the checkout.
    """

    path: Path
    """The document, below the checkout."""

    sections: Callable[[Path], Mapping[str, str]]
    """Text by the name of the section."""

    pictures: Callable[[Path], Mapping[str, Callable[[], bytes]]] = _no_pictures
    """Function that draws each picture, by the name of its file in :data:`PICTURES`."""

    kinds: tuple[ResultKind, ...] = ()
    """Results that it shows."""


def kept(root: Path, kind: ResultKind) -> list[Any]:
    """Return the results of a kind that the checkout at ``root`` keeps, by name.

    Raises
    ------
    InputError
        One is damaged, or not of this kind.
    """
    made_by = "bayescim document"
    return [kind.kept.read(path, made_by).plain() for path in sorted((root / RESULTS / kind.directory).glob("*.json"))]
