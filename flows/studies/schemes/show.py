"""Tables of the study of schemes."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ...base.spread import Spread
from ..study import Shown

__all__ = ["differing", "logic_cells", "scheme_tables", "sections", "sentences", "tables", "to_markdown"]

#: Targets whose LUTs are reported, with their names.
_TARGETS = {"ice40": "iCE40 LUTs", "ecp5": "ECP5 LUTs", "xilinx": "Xilinx 7 LUTs"}

#: Kinds of cells that are logic; a target has one of them.
_LOGIC = ("LUTs", "gates")

#: Kinds of cells that hold bits.
_MEMORY = ("flip-flops", "LUT RAMs", "block RAMs")


def scheme_tables(result: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """Return the tables by title, the columns first: a row for each scheme. Missing figures are empty."""
    schemes = result["schemes"]
    strange = list(schemes[0]["auroc"])
    draws = [each["method"] for each in schemes if each["units"]]
    return {
        "what uncertainty buys": [
            ["scheme", "seeds", "T", "accuracy", "NLL", "ECE"],
            *(
                [
                    each["method"],
                    str(each["seeds"]),
                    str(each["passes"]),
                    format(Spread.kept(each["accuracy"]), ".2%"),
                    _number(each["nll"]),
                    _number(each["ece"]),
                ]
                for each in schemes
            ),
        ],
        "AUROC of strange inputs, by predictive entropy": [
            ["scheme", *strange],
            *(
                [each["method"], *(_number(each["auroc"][name]) if name in each["auroc"] else "" for name in strange)]
                for each in schemes
            ),
        ],
        "what it draws and takes": [
            ["scheme", "random bits per pass", "units", "cycles per input", "RTL against golden"],
            *(
                [each["method"], f"{each['random_bits']:,}", str(each["units"]), *_simulated(each["simulation"])]
                for each in schemes
            ),
        ],
        "what it costs": [
            ["scheme", *_TARGETS.values(), "gates", "transistors"],
            *([each["method"], *_synthesized(each["synthesis"] or {})] for each in schemes),
        ],
        "where bits are held (flip-flops / LUT RAMs / block RAMs)": [
            ["scheme", *(title.removesuffix(" LUTs") for title in _TARGETS.values())],
            *([each["method"], *_held(each["synthesis"] or {})] for each in schemes),
        ],
        "of the logic, stochastic units": [
            ["scheme", *_TARGETS.values(), "gates"],
            *([each["method"], *_units(each["synthesis"] or {})] for each in schemes if each["method"] in draws),
        ],
    }


def _simulated(simulation: Mapping[str, Any] | None) -> list[str]:
    if not simulation:
        return ["", ""]
    equivalence = simulation["equivalence"]
    differ = f"{equivalence['mismatches']:,} of {equivalence['compared']:,} logits differ"
    return [f"{simulation['cycles_per_input']:,.0f}", differ]


def _synthesized(synthesis: Mapping[str, Any]) -> list[str]:
    cells = [_logic(synthesis[name]["kinds"]) if name in synthesis else "" for name in (*_TARGETS, "gates")]
    return [*cells, f"{synthesis['gates']['transistors']:,}" if "gates" in synthesis else ""]


def _held(synthesis: Mapping[str, Any]) -> list[str]:
    return [
        " / ".join(f"{synthesis[name]['kinds'].get(kind, 0):,}" for kind in _MEMORY) if name in synthesis else ""
        for name in _TARGETS
    ]


def _units(synthesis: Mapping[str, Any]) -> list[str]:
    return [_logic(synthesis[name]["stochastic units"]) if name in synthesis else "" for name in (*_TARGETS, "gates")]


def _logic(kinds: Mapping[str, int]) -> str:
    return f"{logic_cells(kinds):,}"


def logic_cells(kinds: Mapping[str, int]) -> int:
    """Return the number of cells that compute, of the number of each kind."""
    return sum(kinds.get(kind, 0) for kind in _LOGIC)


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return all tables for a terminal."""
    shown = scheme_tables(result).items()
    return [table(f"{result['network']}: {title}", rows[0], rows[1:]) for title, rows in shown]


def differing(result: Mapping[str, Any]) -> list[str]:
    """Return the methods whose RTL differs from golden."""
    found = [(each["method"], each["simulation"]["equivalence"]) for each in result["schemes"] if each["simulation"]]
    return [method for method, compared in found if compared["mismatches"] or compared["statistics_mismatches"]]


def sentences(result: Mapping[str, Any]) -> list[str]:
    """Return a line where RTL and golden differ."""
    wrong = differing(result)
    return [f"RTL and golden differ: {', '.join(wrong)}"] if wrong else []


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document: network after network."""
    return {"schemes": "\n".join(f"### `{result['network']}`\n\n{to_markdown(result)}" for result, _ in results)}


def _about(result: Mapping[str, Any]) -> str:
    layers = "-".join(map(str, result["layers"]))
    versions = ", ".join(f"{name} {version}" for name, version in result["provenance"]["versions"].items())
    return f"{layers}, seeds of training from 0, mean ± standard deviation over them. {versions}."


def to_markdown(result: Mapping[str, Any]) -> str:
    """Return all tables as Markdown."""
    shown = [
        f"{title[0].upper()}{title[1:]}:\n\n{markdown.table(rows[0], rows[1:])}"
        for title, rows in scheme_tables(result).items()
    ]
    return "\n".join([f"{_about(result)}\n", *shown])


def _number(spread: Mapping[str, Any]) -> str:
    return format(Spread.kept(spread), ".4f")
