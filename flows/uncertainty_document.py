"""The reports on uncertainty and robustness in the documents, from what a checkout keeps of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hdl.config import InputError

from . import robustness_page, uncertainty_page
from .files import make_directory, read_json, write_atomically
from .pictures import to_svg
from .sections import replace_section

__all__ = ["DOCUMENT", "KINDS", "keep_kind", "kind_of", "pictures", "render_kind", "write_sections"]

#: Where both are shown, below the checkout.
DOCUMENT = Path("docs/uncertainty.md")

#: Member by which a report of each kind is known; the kind is the directory of its figures and the section.
KINDS: Mapping[str, str] = {"uncertainty": "assessments", "robustness": "gains"}

_PAGES: Mapping[str, Any] = {"uncertainty": uncertainty_page, "robustness": robustness_page}


def kind_of(report: Mapping[str, Any]) -> str | None:
    """Return the kind of a report, None where it is another one."""
    return next((kind for kind, member in KINDS.items() if member in report), None)


def keep_kind(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the checkout keeps of a report.

    Raises
    ------
    InputError
        It is about random weights, or RTL and golden differ.
    """
    networks = report.get("networks", [report])
    if any(each["random_weights"] for each in networks):
        raise InputError(f"report must be of trained networks, not of random weights ({report['name']})")
    if report.get("same_numbers") is False:
        raise InputError(f"report must be of RTL that agrees with golden, not of {report['name']!r}, which does not")
    if kind_of(report) != "uncertainty":
        return dict(report)
    source, assessments = uncertainty_page.measured(report)
    kept = [
        _without_curves(each) if 0 < index < len(assessments) - 1 else each for index, each in enumerate(assessments)
    ]
    # Why a set is left out is a matter of the machine.
    left_out = dict.fromkeys(report["left_out"], "not at hand")
    exact = report["exact"] and _without_curves(report["exact"])
    return {**report, "left_out": left_out, "assessments": {source: kept}, "exact": exact}


def _without_curves(assessment: Mapping[str, Any]) -> dict[str, Any]:
    """Return an assessment without the points of its curves, which are drawn of the fewest and the most passes."""
    selective = {name: {**each, "coverage": [], "risk": []} for name, each in assessment["selective"].items()}
    return {**assessment, "selective": selective}


def write_sections(root: Path) -> None:
    """Write the sections of the document anew, and the pictures beside."""
    path = root / DOCUMENT
    text = path.read_text()
    for kind in KINDS:
        text = replace_section(text, kind, render_kind(root, kind))
    for name, picture in pictures(root).items():
        write_atomically(make_directory(root / "docs/pictures") / name, picture())
    write_atomically(path, text.encode())


def render_kind(root: Path, kind: str) -> str:
    """Return the section of all reports of one kind that the checkout at ``root`` keeps."""
    return "\n".join(
        f"### `{report['name']}`\n\n{_PAGES[kind].to_markdown(report, f'pictures/{_picture(kind, report)}')}"
        for report in _reports(root, kind)
    )


def pictures(root: Path) -> dict[str, Callable[[], bytes]]:
    """Return by file name what draws the picture of each report."""

    def draw(kind: str, report: Mapping[str, Any]) -> Callable[[], bytes]:
        return lambda: to_svg(_PAGES[kind].picture(report))

    return {_picture(kind, report): draw(kind, report) for kind in KINDS for report in _reports(root, kind)}


def _reports(root: Path, kind: str) -> list[Any]:
    return [read_json(path, "bayescim document") for path in sorted((root / "docs/results" / kind).glob("*.json"))]


def _picture(kind: str, report: Mapping[str, Any]) -> str:
    return f"{kind}_{report['name']}.svg"
