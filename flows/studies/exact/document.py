"""docs/exact.md: what the exact mode costs and is worth."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...base.pictures import to_svg
from ..page import Page, kept
from ..result_kind import ResultKind
from .picture import draw_exact
from .show import render_exact

__all__ = ["EXACT"]

_EXACT = "exact"


def _sections(root: Path) -> Mapping[str, str]:
    return {f"exact {each['exact']}": render_exact(each, f"pictures/{_picture(each)}") for each in kept(root, _EXACT)}


def _pictures(root: Path) -> Mapping[str, Callable[[], bytes]]:
    def drawn(result: Mapping[str, Any]) -> Callable[[], bytes]:
        return lambda: to_svg(draw_exact(result))

    return {_picture(each): drawn(each) for each in kept(root, _EXACT)}


def _picture(result: Mapping[str, Any]) -> str:
    return f"exact_{result['exact']}.svg"


EXACT = Page(
    path=Path("docs/exact.md"),
    sections=_sections,
    pictures=_pictures,
    kinds=(
        ResultKind(command="exact", member="long_run", path=lambda result: Path(_EXACT, f"{result['exact']}.json")),
    ),
)
