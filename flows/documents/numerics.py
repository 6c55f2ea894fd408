"""docs/numerics.md: taps and worked numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..base.record import Record
from ..studies.page import Page
from .vector_records import RegistersRecord, VectorRecord
from .vectors import CASES, REGISTERS, VECTORS

__all__ = ["NUMERICS"]

#: Registers in a row of the table of taps.
_ACROSS = 3

#: Case that is told pass by pass.
_EXAMPLE = "scale_dropout"


def _sections(root: Path) -> Mapping[str, str]:
    registers = _read(root, REGISTERS, RegistersRecord)
    cases = {name: _read(root, name, VectorRecord) for name in CASES}
    return {"taps": _taps(registers), "vectors": _example(cases[_EXAMPLE]) + "\n" + _all(cases)}


def _read(root: Path, name: str, kind: type[Record]) -> Any:
    return kind.read(root / VECTORS / f"{name}.json", "bayescim document --vectors").plain()


def _taps(registers: Mapping[str, Any]) -> str:
    cells = [
        [str(each["width"]), " ".join(str(tap) for tap in each["taps"]), f"`{each['state']:X}`"]
        for each in registers["registers"]
    ]
    # Down the columns, as in a book.
    height = -(-len(cells) // _ACROSS)
    rows = [[cell for each in cells[start::height] for cell in each] for start in range(height)]
    return _table(["width", "taps", f"after {registers['shifts']}"] * _ACROSS, rows)


def _example(case: Mapping[str, Any]) -> str:
    """Return the passes and results of one case, layer by layer."""
    (run,) = case["runs"]
    hidden = range(len(run["passes"][0]["activations"]))
    header = ["input", "pass", "draws", "mask", *(f"P, a of layer {layer}" for layer in hidden), "P of the last", "y"]
    rows = [
        [
            *(str(each["input"]), str(each["pass"]), _list(each["draws"]), each["mask"]),
            *(f"{_list(each['counts'][layer])}, {each['activations'][layer]}" for layer in hidden),
            *(_list(each["counts"][-1]), _list(each["logits"])),
        ]
        for each in run["passes"]
    ]
    members = [name for name in run["results"][0] if name != "class"]
    results = [
        [str(number), str(each["class"]), *(_value(each[name]) for name in members)]
        for number, each in enumerate(run["results"])
    ]
    configuration = case["configuration"]
    widths = [
        configuration["network"]["inputs"],
        *configuration["network"]["hidden"],
        configuration["network"]["classes"],
    ]
    return (
        f"`{_EXAMPLE}`, {'-'.join(map(str, widths))}: the pixels of the inputs are "
        f"{' and '.join(_list(pixels) for pixels in case['inputs'])}.\n\n"
        f"{_table(header, rows)}\n"
        f"{_table(['input', 'class', *(name.replace('_', ' ') for name in members)], results)}"
    )


def _all(cases: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the initial states of the units of each case, and its results."""
    rows = [
        [
            f"`{name}`",
            f"`{case['configuration']['bayes']['method']}`",
            f"{len(case['unit_seeds'])}: {_list(case['unit_seeds'][:2])}{' …' if len(case['unit_seeds']) > 2 else ''}",
            "exact" if run["exact"] else "drawn" if len(case["runs"]) > 1 else "",
            _list(run["passes"][0]["logits"]),
            "; ".join(_list(each["sums"]) for each in run["results"]),
        ]
        for name, case in cases.items()
        for run in case["runs"]
    ]
    return _table(["file", "method", "units, seeds", "run", "y of the first pass", "Σ y, or Σ ω y, by input"], rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _list(values: Sequence[int]) -> str:
    return " ".join(str(value) for value in values)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _list(value) if isinstance(value, list) else str(value)


NUMERICS = Page(path=Path("docs/numerics.md"), sections=_sections)
