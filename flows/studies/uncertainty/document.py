"""docs/uncertainty.md: how far probabilities can be trusted, and what faults do to them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hdl.config import InputError

from ...base.pictures import to_svg
from ..page import Page, kept
from ..result_kind import ResultKind, of_trained
from ..robustness import show as robustness_page
from . import show as uncertainty_page

__all__ = ["UNCERTAINTY"]

#: Each kind is a section, and the directory of its figures.
_PAGES: Mapping[str, Any] = {"uncertainty": uncertainty_page, "robustness": robustness_page}


def _keep_uncertainty(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the checkout keeps of a report.

    Raises
    ------
    InputError
        It is about random weights, or RTL and golden differ.
    """
    of_trained(report)
    if report["same_numbers"] is False:
        raise InputError(f"report must be of RTL that agrees with golden, not of {report['name']!r}, which does not")
    source, assessments = uncertainty_page.measured(report)
    shown = [
        _without_curves(each) if 0 < index < len(assessments) - 1 else each for index, each in enumerate(assessments)
    ]
    # Why a set is left out is a matter of the machine.
    left_out = dict.fromkeys(report["left_out"], "not at hand")
    exact = report["exact"] and _without_curves(report["exact"])
    return {**report, "left_out": left_out, "assessments": {source: shown}, "exact": exact}


def _without_curves(assessment: Mapping[str, Any]) -> dict[str, Any]:
    """Return an assessment without the points of its curves, which are drawn of the fewest and the most passes."""
    selective = {name: {**each, "coverage": [], "risk": []} for name, each in assessment["selective"].items()}
    return {**assessment, "selective": selective}


def _sections(root: Path) -> Mapping[str, str]:
    return {
        kind: "\n".join(
            f"### `{report['name']}`\n\n{page.to_markdown(report, f'pictures/{_picture(kind, report)}')}"
            for report in kept(root, kind)
        )
        for kind, page in _PAGES.items()
    }


def _pictures(root: Path) -> Mapping[str, Callable[[], bytes]]:
    def drawn(page: Any, report: Mapping[str, Any]) -> Callable[[], bytes]:
        return lambda: to_svg(page.picture(report))

    return {_picture(kind, report): drawn(page, report) for kind, page in _PAGES.items() for report in kept(root, kind)}


def _picture(kind: str, report: Mapping[str, Any]) -> str:
    return f"{kind}_{report['name']}.svg"


UNCERTAINTY = Page(
    path=Path("docs/uncertainty.md"),
    sections=_sections,
    pictures=_pictures,
    kinds=(
        ResultKind(
            command="uncertainty",
            member="assessments",
            path=lambda report: Path("uncertainty", f"{report['name']}.json"),
            keep=_keep_uncertainty,
        ),
        ResultKind(
            command="robustness",
            member="gains",
            path=lambda report: Path("robustness", f"{report['name']}.json"),
            keep=of_trained,
        ),
    ),
)
