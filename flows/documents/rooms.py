"""docs/architecture.md: the rooms of every package, from their imports."""

import ast
import functools
import graphlib
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ..base.pictures import STYLE, to_svg
from ..studies.page import Page

__all__ = ["PACKAGES", "ROOMS", "draw_rooms", "levels", "room_imports"]

#: The packages of the product, from the lowest to the highest.
PACKAGES = ("hdl", "golden", "driver", "cocotb_tests", "flows")

#: Inches of a box and of the distances between boxes.
_BOX, _HEIGHT, _GAP, _STEP = 1.45, 0.42, 0.25, 0.95


def room_imports(root: Path, package: str) -> Mapping[str, Set[str]]:
    """Return for each room of ``package`` below ``root`` the rooms of the same package that it imports.

    A room is a folder, or a file beside the folders. Testbenches and tests count, proofs too.
    """
    rooms: dict[str, set[str]] = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[1] == "__init__":
            continue
        found = rooms.setdefault(parts[1], set())
        for name in _imported(path, parts[:-1]):
            if name[0] == package and len(name) > 1 and name[1] != parts[1]:
                found.add(name[1])
    return {room: {other for other in found if other in rooms} for room, found in rooms.items()}


def _imported(path: Path, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the parts of everything that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            whole = (*base, *(node.module.split(".") if node.module else ()))
            yield from ((*whole, alias.name) for alias in node.names)


def levels(imports: Mapping[str, Set[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the rooms in lines, the highest first: a room imports from lower lines only.

    Raises
    ------
    graphlib.CycleError
        Rooms import each other in a circle.
    """
    height: dict[str, int] = {}
    for room in graphlib.TopologicalSorter(imports).static_order():
        height[room] = max((height[other] + 1 for other in imports[room]), default=0)
    return tuple(
        tuple(sorted(room for room, at in height.items() if at == line)) for line in range(max(height.values()), -1, -1)
    )


def _direct(imports: Mapping[str, Set[str]]) -> Mapping[str, Set[str]]:
    """Return the imports that no chain of other imports implies."""

    @functools.cache
    def below(room: str) -> frozenset[str]:
        return frozenset(imports[room]).union(*(below(other) for other in imports[room]))

    return {
        room: {other for other in found if not any(other in below(each) for each in found)}
        for room, found in imports.items()
    }


def draw_rooms(imports: Mapping[str, Set[str]]) -> Figure:
    """Draw rooms as boxes and their imports as arrows downwards; imports that others imply are omitted."""
    lines = levels(imports)
    widest = max(len(line) for line in lines)
    width, height = widest * (_BOX + _GAP) + _GAP, len(lines) * _STEP
    with style.context(STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        places = {
            room: (width / 2 + (index - (len(line) - 1) / 2) * (_BOX + _GAP), height - (row + 0.5) * _STEP)
            for row, line in enumerate(lines)
            for index, room in enumerate(line)
        }
        for room, found in sorted(_direct(imports).items()):
            for other in sorted(found):
                (x, y), (to_x, to_y) = places[room], places[other]
                arrow = FancyArrowPatch(
                    (x, y - _HEIGHT / 2), (to_x, to_y + _HEIGHT / 2), arrowstyle="-|>", mutation_scale=9, color="0.6"
                )
                axes.add_patch(arrow)
        for room, (x, y) in places.items():
            box = FancyBboxPatch(
                (x - _BOX / 2, y - _HEIGHT / 2),
                _BOX,
                _HEIGHT,
                boxstyle="round,pad=0.02",
                facecolor="0.94",
                edgecolor="0.4",
            )
            axes.add_patch(box)
            axes.text(x, y, room, ha="center", va="center", fontsize=10)
    return figure


def _table(root: Path, package: str) -> str:
    """Return the rooms of ``package`` with the first lines of their docstrings."""
    imports = room_imports(root, package)
    rows = ["| room | holds | imports |", "|---|---|---|"]
    for line in levels(imports):
        for room in line:
            folder = root / package / room
            path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
            first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
            name = f"{room}/" if folder.is_dir() else f"{room}.py"
            others = ", ".join(f"`{each}`" for each in sorted(imports[room])) or "—"
            rows.append(f"| [`{package}/{name}`](../{path.parent.relative_to(root)}) | {first} | {others} |")
    return "\n".join(rows) + "\n"


def _sections(root: Path) -> Mapping[str, str]:
    return {
        f"rooms of {package}": f"![Rooms of {package} and their imports](pictures/rooms_{package}.svg)\n\n"
        + _table(root, package)
        for package in PACKAGES
    }


def _pictures(root: Path) -> Mapping[str, Callable[[], bytes]]:
    def draw(package: str) -> bytes:
        return to_svg(draw_rooms(room_imports(root, package)))

    return {f"rooms_{package}.svg": functools.partial(draw, package) for package in PACKAGES}


ROOMS = Page(path=Path("docs/architecture.md"), sections=_sections, pictures=_pictures)
