"""docs/bayes2imc.md: networks with drawn weights on chips of devices."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...base.pictures import to_svg
from ..page import Page, kept
from ..result_kind import ResultKind, of_trained
from .show import picture, to_markdown

__all__ = ["CHIPS"]

_CHIPS = "chips"


def _sections(root: Path) -> Mapping[str, str]:
    parts = []
    for report in kept(root, _CHIPS):
        shown = to_markdown(report, f"pictures/{_picture(report)}")
        targets = "as if they were exact" if report["horizon"] is None else "for their spread"
        parts.append(f"### `{report['name']}` on `{report['deployment']}`, cells targeted {targets}\n\n{shown}")
    return {_CHIPS: "\n".join(parts)}


def _pictures(root: Path) -> Mapping[str, Callable[[], bytes]]:
    def drawn(report: Mapping[str, Any]) -> Callable[[], bytes]:
        return lambda: to_svg(picture(report))

    return {_picture(report): drawn(report) for report in kept(root, _CHIPS)}


def _stem(report: Mapping[str, Any]) -> str:
    """Return what a report is called: there is one for each network, device and way to choose targets."""
    return f"{report['name']}_{report['deployment']}_{'exact' if report['horizon'] is None else 'spread'}"


def _picture(report: Mapping[str, Any]) -> str:
    return f"chips_{_stem(report)}.svg"


CHIPS = Page(
    path=Path("docs/bayes2imc.md"),
    sections=_sections,
    pictures=_pictures,
    kinds=(
        ResultKind(
            command="chips",
            member="deployment",
            path=lambda report: Path(_CHIPS, f"{_stem(report)}.json"),
            keep=of_trained,
        ),
    ),
)
