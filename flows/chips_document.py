"""The reports on chips in the documents, from what a checkout keeps of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hdl.config import InputError

from .chips_page import picture, to_markdown
from .files import make_directory, read_json, write_atomically
from .pictures import to_svg
from .sections import replace_section

__all__ = ["DIRECTORY", "DOCUMENT", "file_name", "is_chips", "keep_chips", "pictures", "render_chips", "write_chips"]

#: Where the figures are kept, and where they are shown, below the checkout.
DIRECTORY = Path("docs/results/chips")
DOCUMENT = Path("docs/bayes2imc.md")


def is_chips(report: Mapping[str, Any]) -> bool:
    """Return whether a report is one of ``bayescim chips``."""
    return "deployment" in report


def file_name(report: Mapping[str, Any]) -> str:
    """Return the file in which a report is kept: one for each network, device and way to choose targets."""
    return f"{report['name']}_{report['deployment']}_{'exact' if report['horizon'] is None else 'spread'}.json"


def keep_chips(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the checkout keeps of a report: everything.

    Raises
    ------
    InputError
        It is about random weights.
    """
    if report["random_weights"]:
        raise InputError(f"report must be of a trained network, not of random weights ({report['name']})")
    return dict(report)


def write_chips(root: Path) -> None:
    """Write the section of the document anew, and the pictures beside."""
    path = root / DOCUMENT
    text = replace_section(path.read_text(), "chips", render_chips(root))
    for name, draw in pictures(root).items():
        write_atomically(make_directory(root / "docs/pictures") / name, draw())
    write_atomically(path, text.encode())


def render_chips(root: Path) -> str:
    """Return the section of all reports that the checkout at ``root`` keeps."""
    parts = []
    for path in _paths(root):
        report = read_json(path, "bayescim document")
        shown = to_markdown(report, f"pictures/{_picture(path)}")
        targets = "as if they were exact" if report["horizon"] is None else "for their spread"
        parts.append(f"### `{report['name']}` on `{report['deployment']}`, cells targeted {targets}\n\n{shown}")
    return "\n".join(parts)


def pictures(root: Path) -> dict[str, Callable[[], bytes]]:
    """Return by file name what draws the picture of each report."""

    def draw(path: Path) -> Callable[[], bytes]:
        return lambda: to_svg(picture(read_json(path, "bayescim document")))

    return {_picture(path): draw(path) for path in _paths(root)}


def _paths(root: Path) -> list[Path]:
    return sorted((root / DIRECTORY).glob("*.json"))


def _picture(path: Path) -> str:
    return f"chips_{path.stem}.svg"
