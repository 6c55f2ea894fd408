"""The comparison of schemes as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "COLUMNS",
    "HARDWARE_COLUMNS",
    "render_schemes",
    "rows_of_hardware",
    "rows_of_uncertainty",
    "strange_sets",
    "to_markdown",
]

COLUMNS = ("scheme", "seeds", "T", "accuracy", "NLL", "ECE", "AUROC")

HARDWARE_COLUMNS = (
    "scheme",
    "random bits per pass",
    "units",
    "cycles per input",
    "RTL against golden",
    "iCE40 LUTs",
    "ECP5 LUTs",
    "Xilinx 7 LUTs",
    "transistors",
)

#: Targets of :data:`HARDWARE_COLUMNS` whose LUTs are told.
_TARGETS = ("ice40", "ecp5", "xilinx")


def rows_of_uncertainty(result: Mapping[str, Any], strange: Sequence[str]) -> list[list[str]]:
    """Return a row for each scheme: mean ± deviation over the seeds, the AUROC of each of the sets ``strange``."""
    rows = []
    for scheme in result["schemes"]:
        rows.append(
            [
                scheme["method"],
                str(scheme["seeds"]),
                str(scheme["passes"]),
                _percent(scheme["accuracy"]),
                _number(scheme["nll"]),
                _number(scheme["ece"]),
                *(_number(scheme["auroc"][name]) if name in scheme["auroc"] else "" for name in strange),
            ]
        )
    return rows


def rows_of_hardware(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each scheme: what it draws and needs. What was not made is left empty."""
    rows = []
    for scheme in result["schemes"]:
        simulation, synthesis = scheme["simulation"], scheme["synthesis"] or {}
        luts = [f"{synthesis[name]['kinds']['LUTs']:,}" if name in synthesis else "" for name in _TARGETS]
        gates = f"{synthesis['gates']['transistors']:,}" if "gates" in synthesis else ""
        equivalence = simulation and simulation["equivalence"]
        rows.append(
            [
                scheme["method"],
                f"{scheme['random_bits']:,}",
                str(scheme["units"]),
                f"{simulation['cycles_per_input']:,.0f}" if simulation else "",
                f"{equivalence['mismatches']:,} of {equivalence['compared']:,} logits differ" if equivalence else "",
                *luts,
                gates,
            ]
        )
    return rows


def render_schemes(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the section of the document: the tables of each network."""
    return "\n".join(f"### `{result['network']}`\n\n{_about(result)}\n\n{to_markdown(result)}" for result in results)


def _about(result: Mapping[str, Any]) -> str:
    layers = "-".join(map(str, result["layers"]))
    versions = ", ".join(f"{name} {version}" for name, version in result["provenance"]["versions"].items())
    return f"{layers}, seeds of training from 0, mean ± standard deviation over them. {versions}."


def strange_sets(result: Mapping[str, Any]) -> list[str]:
    """Return the names of the out-of-distribution sets that were measured."""
    return list(result["schemes"][0]["auroc"])


def to_markdown(result: Mapping[str, Any]) -> str:
    """Return both tables."""
    strange = strange_sets(result)
    uncertainty = [*COLUMNS[:-1], *(f"AUROC {name}" for name in strange)]
    return "\n".join(
        [_table(uncertainty, rows_of_uncertainty(result, strange)), _table(HARDWARE_COLUMNS, rows_of_hardware(result))]
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _percent(spread: Mapping[str, Any]) -> str:
    deviation = spread["deviation"]
    return f"{spread['mean']:.2%}" + (f" ± {100 * deviation:.2f}" if deviation is not None else "")


def _number(spread: Mapping[str, Any]) -> str:
    deviation = spread["deviation"]
    return f"{spread['mean']:.4f}" + (f" ± {deviation:.4f}" if deviation is not None else "")
