"""docs/architecture.md: the rooms of every package, from their imports."""

import ast
import functools
import graphlib
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from hdl.proofs import ROOMS as BLOCK_ROOMS

from ..base.markdown import table
from ..base.pictures import STYLE, to_svg
from ..studies.page import Page

__all__ = ["PACKAGES", "ROOMS", "TWINS", "draw_rooms", "levels", "room_imports"]

#: The packages of the product, from the lowest to the highest.
PACKAGES = ("hdl", "golden", "driver", "cocotb_tests", "flows")

#: What predicts a block, or its state, in golden. Blocks that are not here have no twin of their own.
TWINS: Mapping[str, str] = {
    "Accumulator": "golden/arrays/crossbar.py",
    "ActivationDropout": "golden/neurons/dropout.py",
    "AffineTransform": "golden/neurons/mean.py",
    "Array": "golden/arrays/crossbar.py",
    "Columns": "golden/arrays/crossbar.py",
    "Core": "golden/model/model.py",
    "Crossbar": "golden/arrays/fixed.py",
    "DropoutNeuron": "golden/neurons/dropout.py",
    "InvertedNormalization": "golden/neurons/mean.py",
    "Lfsr": "golden/draws/lfsr.py",
    "LocalStochasticUnits": "golden/draws/local_units.py",
    "LogitCorrection": "golden/model/correction.py",
    "MacroAccess": "golden/arrays/macro.py",
    "MacroArray": "golden/arrays/macro_array.py",
    "MaskSequencer": "golden/model/sequence.py",
    "MeanComparator": "golden/neurons/mean.py",
    "MeanUnit": "golden/neurons/mean.py",
    "Neuron": "golden/neurons/threshold.py",
    "Pool": "golden/common/windows.py",
    "Popcount": "golden/arrays/crossbar.py",
    "Predictive": "golden/model/predictive.py",
    "ProgramVerify": "golden/arrays/program_verify.py",
    "ReferenceSearch": "golden/arrays/reference_search.py",
    "Residual": "golden/model/model.py",
    "ResultUnit": "golden/model/results.py",
    "SampledNeuron": "golden/neurons/sampled.py",
    "SelfTest": "golden/draws/self_test.py",
    "SelfTestBank": "golden/draws/watched_units.py",
    "Statistics": "golden/model/statistics.py",
    "StochasticUnit": "golden/draws/stochastic_unit.py",
    "WeightDraws": "golden/draws/weight_draws.py",
    "WeightSampler": "golden/arrays/arrays.py",
    "WindowBuffer": "golden/common/windows.py",
}

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
    rows = []
    for line in levels(imports):
        for room in line:
            folder = root / package / room
            path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
            first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
            name = f"{room}/" if folder.is_dir() else f"{room}.py"
            others = ", ".join(f"`{each}`" for each in sorted(imports[room])) or "—"
            rows.append([f"[`{package}/{name}`](../{package}/{name.rstrip('/')})", first, others])
    return table(["room", "holds", "imports"], rows)


def _sections(root: Path) -> Mapping[str, str]:
    rooms = {
        f"rooms of {package}": f"![Rooms of {package} and their imports](pictures/rooms_{package}.svg)\n\n"
        + _table(root, package)
        for package in PACKAGES
    }
    return {**rooms, "blocks": _blocks(root)}


def _blocks(root: Path) -> str:
    """Return the components of `hdl`, room by room, with their proofs, testbenches and twins."""
    rows = []
    for room in BLOCK_ROOMS:
        folder = room.replace(".", "/")
        for path in sorted((root / "hdl" / folder).glob("*.py")):
            for name, first in _components(path):
                proof = _linked(root, f"hdl/proofs/{folder}/{path.name}", "proof")
                bench = _linked(root, f"cocotb_tests/tb/{folder}/tb_{path.name}", "testbench")
                twin = TWINS.get(name, "")
                twin = _linked(root, twin, Path(twin).stem) if twin else "—"
                block = _linked(root, f"hdl/{folder}/{path.name}", f"`{name}`")
                rows.append([f"`{folder}`", block, first, proof, bench, twin])
    return table(["room", "block", "is", "proof", "testbench", "twin"], rows)


def _components(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the components of a file, each with the first line of its docstring."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Component") for base in node.bases):
            yield node.name, (ast.get_docstring(node) or "").partition("\n")[0].rstrip(".")


def _linked(root: Path, path: str, text: str) -> str:
    return f"[{text}](../{path})" if (root / path).is_file() else "—"


def _pictures(root: Path) -> Mapping[str, Callable[[], bytes]]:
    def draw(package: str) -> bytes:
        return to_svg(draw_rooms(room_imports(root, package)))

    return {f"rooms_{package}.svg": functools.partial(draw, package) for package in PACKAGES}


ROOMS = Page(path=Path("docs/architecture.md"), sections=_sections, pictures=_pictures)
