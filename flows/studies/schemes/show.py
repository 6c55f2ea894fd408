"""The comparison of schemes as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...base.spread import Spread

__all__ = [
    "render_schemes",
    "scheme_tables",
    "to_markdown",
]

#: Targets whose LUTs are told, and what they are called.
_TARGETS = {"ice40": "iCE40 LUTs", "ecp5": "ECP5 LUTs", "xilinx": "Xilinx 7 LUTs"}

#: Kinds of cells that are logic; a target has one of them.
_LOGIC = ("LUTs", "gates")

#: Kinds of cells that hold bits.
_MEMORY = ("flip-flops", "LUT RAMs", "block RAMs")


def scheme_tables(result: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """Return the tables by title, the columns first: a row for each scheme. What was not made is left empty."""
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
    return f"{sum(kinds.get(kind, 0) for kind in _LOGIC):,}"


def render_schemes(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the section of the document: the tables of each network."""
    return "\n".join(f"### `{result['network']}`\n\n{_about(result)}\n\n{to_markdown(result)}" for result in results)


def _about(result: Mapping[str, Any]) -> str:
    layers = "-".join(map(str, result["layers"]))
    versions = ", ".join(f"{name} {version}" for name, version in result["provenance"]["versions"].items())
    return f"{layers}, seeds of training from 0, mean ± standard deviation over them. {versions}."


def to_markdown(result: Mapping[str, Any]) -> str:
    """Return all tables."""
    return "\n".join(
        f"{title[0].upper()}{title[1:]}:\n\n{_table(rows)}" for title, rows in scheme_tables(result).items()
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    columns, *others = rows
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in others)]) + "\n"


def _number(spread: Mapping[str, Any]) -> str:
    return format(Spread.kept(spread), ".4f")
