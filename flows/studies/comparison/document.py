"""docs/comparison.md: cores of phase-change memory against cores of SRAM."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ...base.pictures import to_svg
from ..page import Page, kept
from ..result_kind import ResultKind
from .constants import load_constants
from .cores_picture import draw_cores
from .page import constants_to_markdown, summary_to_markdown, to_markdown
from .sensitivity_picture import draw_sensitivity

__all__ = ["COMPARISON"]

_COMPARISON = "comparison"

#: Networks in the order of the document; others follow.
_ORDER = ("digits", "fashion_512", "vgg")


def _sections(root: Path) -> Mapping[str, str]:
    """All networks side by side, then one after the other; and the constants that ship."""
    found = _results(root)
    parts = [
        f"### `{each['comparison']}`\n\n{to_markdown(each, *(f'pictures/{name}' for name in _names(each)))}"
        for each in found
    ]
    return {
        _COMPARISON: "\n".join([summary_to_markdown(found), *parts]),
        "constants": constants_to_markdown(load_constants()),
    }


def _pictures(root: Path) -> Mapping[str, Callable[[], bytes]]:
    def drawn(draw: Callable[[Mapping[str, Any]], Figure], result: Mapping[str, Any]) -> Callable[[], bytes]:
        return lambda: to_svg(draw(result))

    return {
        name: drawn(draw, each)
        for each in _results(root)
        for name, draw in zip(_names(each), (draw_cores, draw_sensitivity), strict=True)
    }


def _results(root: Path) -> list[Mapping[str, Any]]:
    return sorted(
        kept(root, _COMPARISON),
        key=lambda each: _ORDER.index(each["comparison"]) if each["comparison"] in _ORDER else len(_ORDER),
    )


def _names(result: Mapping[str, Any]) -> tuple[str, str]:
    name = result["comparison"]
    return f"cores_{name}.svg", f"sensitivity_{name}.svg"


COMPARISON = Page(
    path=Path("docs/comparison.md"),
    sections=_sections,
    pictures=_pictures,
    kinds=(
        ResultKind(
            command="compare",
            member="comparison",
            path=lambda result: Path(_COMPARISON, f"{result['comparison']}.json"),
        ),
    ),
)
