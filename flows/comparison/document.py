"""The comparison in the documents, from what a checkout keeps of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ..files import make_directory, read_json, write_atomically
from ..pictures import to_svg
from ..sections import replace_section
from .constants import load_constants
from .cores_picture import draw_cores
from .page import constants_to_markdown, summary_to_markdown, to_markdown
from .sensitivity_picture import draw_sensitivity

__all__ = ["DOCUMENT", "RESULTS", "SECTIONS", "pictures", "write_sections"]

#: Where it is shown, and where its figures are, below the checkout.
DOCUMENT = Path("docs/comparison.md")
RESULTS = Path("docs/results/comparison")

_PICTURES = Path("docs/pictures")

#: Networks in the order of the document; others follow.
_ORDER = ("digits", "fashion_512", "vgg")


def results(root: Path) -> list[Mapping[str, Any]]:
    """Return the comparisons that the checkout at ``root`` keeps."""
    found = [read_json(path, "bayescim compare") for path in sorted((root / RESULTS).glob("*.json"))]
    return sorted(
        found, key=lambda each: _ORDER.index(each["comparison"]) if each["comparison"] in _ORDER else len(_ORDER)
    )


def render_comparisons(root: Path) -> str:
    """Return the section of all networks: side by side, then one after the other."""
    found = results(root)
    sections = [
        f"### `{each['comparison']}`\n\n{to_markdown(each, *(f'pictures/{name}' for name in _names(each)))}"
        for each in found
    ]
    return "\n".join([summary_to_markdown(found), *sections])


def render_constants(_: Path) -> str:
    """Return the section of the constants that ship."""
    return constants_to_markdown(load_constants())


#: Sections of the document, and what gives their text.
SECTIONS: Mapping[str, Callable[[Path], str]] = {"comparison": render_comparisons, "constants": render_constants}


def pictures(root: Path) -> dict[str, Callable[[], bytes]]:
    """Return by file name what draws each picture."""

    def drawn(draw: Callable[[Mapping[str, Any]], Figure], result: Mapping[str, Any]) -> Callable[[], bytes]:
        return lambda: to_svg(draw(result))

    return {
        name: drawn(draw, each)
        for each in results(root)
        for name, draw in zip(_names(each), (draw_cores, draw_sensitivity), strict=True)
    }


def write_sections(root: Path) -> None:
    """Write the sections of the document anew, and the pictures beside."""
    text = (root / DOCUMENT).read_text()
    for name, render in SECTIONS.items():
        text = replace_section(text, name, render(root))
    for name, picture in pictures(root).items():
        write_atomically(make_directory(root / _PICTURES) / name, picture())
    write_atomically(root / DOCUMENT, text.encode())


def _names(result: Mapping[str, Any]) -> tuple[str, str]:
    name = result["comparison"]
    return f"cores_{name}.svg", f"sensitivity_{name}.svg"
