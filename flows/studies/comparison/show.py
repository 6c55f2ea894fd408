"""Tables of the comparison of cores, and its Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ..study import Shown
from .constants import Constant, load_constants
from .paper import PAPER
from .picture import pictures

__all__ = [
    "comparison_tables",
    "constants_to_markdown",
    "pictures",
    "said",
    "sections",
    "summary_to_markdown",
    "to_markdown",
]

#: Constants that are shown as those that decide.
_DECIDING = 8

#: Figures of a core, their titles, and their units.
_FIGURES: Mapping[str, str] = {
    "area_mm2": "area, mm²",
    "energy_nj": "energy of an inference, nJ",
    "time_us": "time of each further inference, µs",
    "latency_us": "time of one alone, µs, at most",
    "gops": "GOPS",
    "gops_per_watt": "GOPS/W",
    "gops_per_watt_mm2": "GOPS/W/mm²",
    "loading_nj": "energy of writing all weights, nJ",
}

_RATIOS: Mapping[str, str] = {"gops_per_watt": "GOPS/W", "gops_per_watt_mm2": "GOPS/W/mm²"}

_VARIANT = ("arrays", "word lines a read", "bits", "draws", "sensing of PCM", *_RATIOS.values())

_SENSITIVITY = ("constant", "GOPS/W, low … high", "rank", "GOPS/W/mm², low … high", "rank")

_SUMMARY = (
    "network",
    "T",
    "µJ an inference, PCM",
    "SRAM, shared draws",
    "SRAM, a draw for each column",
    "mm², PCM",
    "SRAM, shared draws",
    "SRAM, a draw for each column",
    *(
        f"{label}, PCM / SRAM, {draws}"
        for draws in ("shared draws", "a draw for each column")
        for label in _RATIOS.values()
    ),
)

#: Networks in the order of the document; others follow.
_ORDER = ("digits", "fashion_512", "vgg")

Rows = list[list[str]]


def comparison_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return both cores, the ratios, the variants and the decisive constants as tables."""
    return [table(title, list(columns), rows) for title, columns, rows in _tables(result)]


def to_markdown(result: Mapping[str, Any], cores: str, sensitivity: str) -> str:
    """Return the same as a section of a document, with the two pictures of these names."""
    shown = f"![Both cores for {result['comparison']}]({cores})\n\n![What decides]({sensitivity})\n"
    tables = "\n".join(
        f"{title}:\n\n{markdown.table(columns, rows, padded=True)}" for title, columns, rows in _tables(result)
    )
    layers = "-".join(map(str, result["layers"]))
    about = f"{layers}, {result['passes']} passes, gates counted by Yosys {result['yosys']}. {said(result)}\n"
    return f"{about}\n{shown}\n{tables}"


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the sections of the document: all networks side by side, then one by one; and the constants that ship."""
    names = [each.result["comparison"] for each in results]
    order = sorted(range(len(results)), key=lambda at: _ORDER.index(names[at]) if names[at] in _ORDER else len(_ORDER))
    found = [results[at] for at in order]
    parts = [f"### `{each['comparison']}`\n\n{to_markdown(each, *addresses)}" for each, addresses in found]
    return {
        "comparison": "\n".join([summary_to_markdown([each.result for each in found]), *parts]),
        "constants": constants_to_markdown(load_constants()),
    }


def summary_to_markdown(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the energy of an inference and the ratios of all networks."""
    rows = []
    for each in results:
        base, independent = each["base"], each["independent"]
        energies = (base["pcm"], base["sram"], independent["sram"])
        rows.append(
            [
                f"`{each['comparison']}`",
                str(each["passes"]),
                *(_number(core["energy_nj"] / 1e3) for core in energies),
                *(_number(core["area_mm2"]) for core in energies),
                *(_number(variant["ratios"][name]) for variant in (base, independent) for name in _RATIOS),
            ]
        )
    return markdown.table(_SUMMARY, rows, padded=True)


def constants_to_markdown(constants: Mapping[str, Constant]) -> str:
    """Return all constants with their sources."""
    rows = [
        [
            f"`{name}`",
            f"{each.value:g} {_unit(each)}",
            f"{each.low:g} … {each.high:g}",
            each.node,
            each.tag,
            each.source,
        ]
        for name, each in constants.items()
    ]
    return markdown.table(("constant", "value", "bounds", "node", "tag", "source"), rows, padded=True)


def said(result: Mapping[str, Any]) -> str:
    """Return the outcome in two sentences."""
    parts = []
    for name, label in (("base", "shares its draws among all columns"), ("independent", "draws for each column")):
        ratios = result[name]["ratios"]
        parts.append(
            f"against an SRAM core that {label} {_number(ratios['gops_per_watt'])} times the GOPS/W and "
            f"{_number(ratios['gops_per_watt_mm2'])} times the GOPS/W/mm²"
        )
    return f"Model: the PCM core has, {parts[0]}; {parts[1]}."


def _tables(result: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str], Rows]]:
    base, independent = result["base"], result["independent"]
    shape = f"arrays of {base['rows']} × {base['cols']}, {base['bits']} bits a weight, {base['sensing']}"
    yield (
        f"Model of both cores, {shape}",
        ("", "PCM", "SRAM, shared draws", "SRAM, a draw for each column"),
        [
            [label, _number(base["pcm"][name]), _number(base["sram"][name]), _number(independent["sram"][name])]
            for name, label in _FIGURES.items()
        ],
    )
    yield "Ratio of PCM to SRAM", ("", *_RATIOS.values()), _ratio_rows(result)
    yield "Sizes of arrays and bits of a weight", _VARIANT, [_variant(each) for each in result["sizes"]]
    yield "Draws side by side for each word line", _VARIANT, [_variant(each) for each in result["generators"]]
    yield "Word lines driven at a time, and sensing", _VARIANT, [_variant(each) for each in result["lines"]]
    yield "Constants that decide, shared draws: ratio with this one alone changed", _SENSITIVITY, _deciding(result)


def _ratio_rows(result: Mapping[str, Any]) -> Rows:
    rows = []
    for label, variant, kind in (
        ("shared draws", "base", "shared"),
        ("a draw for each column", "independent", "independent"),
    ):
        sampled = result["sensitivity"][kind]
        rows.append(
            [f"{label}, constants as they are", *(_number(result[variant]["ratios"][name]) for name in _RATIOS)]
        )
        quantiles = (sampled[name]["quantiles"] for name in _RATIOS)
        rows.append(
            [f"{label}, 5 % … 50 % … 95 % of samples", *(" … ".join(map(_number, _ends(each))) for each in quantiles)]
        )
        rows.append([f"{label}, samples above 1", *(f"{sampled[name]['above_one']:.0%}" for name in _RATIOS)])
    rows.append(
        ["the paper of its own cores [abstract], not computed here", *(f"{low} … {high}" for low, high in _paper())]
    )
    return rows


def _paper() -> list[tuple[float, float]]:
    return [PAPER[name] for name in _RATIOS]


def _ends(quantiles: Mapping[str, float]) -> tuple[float, float, float]:
    return quantiles["0.05"], quantiles["0.5"], quantiles["0.95"]


def _variant(each: Mapping[str, Any]) -> list[str]:
    lines = dict.fromkeys(map(str, each["rows_per_read"]))
    return [
        f"{each['rows']} × {each['cols']}",
        ", ".join(lines),
        str(each["bits"]),
        str(each["generators"]),
        each["sensing"],
        *(_number(each["ratios"][name]) for name in _RATIOS),
    ]


def _deciding(result: Mapping[str, Any]) -> Rows:
    first, second = (result["sensitivity"]["shared"][name]["constants"] for name in _RATIOS)
    other = {each["constant"]: each for each in second}
    return [
        [
            each["constant"],
            _range(each),
            f"{each['rank']:+.2f}",
            _range(other[each["constant"]]),
            f"{other[each['constant']]['rank']:+.2f}",
        ]
        for each in first[:_DECIDING]
    ]


def _range(each: Mapping[str, Any]) -> str:
    return f"{_number(each['low'])} … {_number(each['high'])}"


def _unit(constant: Constant) -> str:
    return "" if constant.unit == "1" else constant.unit


def _number(value: float) -> str:
    """Return three significant digits: the model is not worth more."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:.3g}"
