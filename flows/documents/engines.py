"""Table of both engines in docs/benchmarks.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hdl.config import InputError

from ..base import markdown
from ..road.simulation_record import SimulationRecord
from ..studies.page import Page, kept
from ..studies.result_kind import ResultKind

__all__ = ["ENGINES", "SIMULATIONS"]

#: Seconds of a build that was none: everything was in the cache.
_CACHED = 1.0

_ROWS = (
    "images × passes",
    "logits that differ from golden",
    "statistics that differ from golden",
    "workers",
    "build, s",
    "state and program, or register writes, s",
    "simulation, s",
    "all in, without golden, s",
    "images/s of the simulation",
    "G bit-MAC/s of the simulation, all workers",
)


def _keep(result: Mapping[str, Any]) -> Mapping[str, Any]:
    equivalence = result["equivalence"]
    if equivalence["mismatches"] or equivalence["statistics_mismatches"]:
        raise InputError(f"simulation must be of RTL that agrees with golden, not of {_name(result)}, which does not")
    return result


def _name(result: Mapping[str, Any]) -> str:
    speed, chip, name = result["simulator"], result.get("chip"), result["provenance"]["config_name"]
    if chip is None:
        return f"{name}_{speed['engine']}_{'again' if _again(result) else 'first'}"
    age = "fresh" if chip["age"] is None else f"{chip['age']:.0f}"
    corrections = [word for word in ("calibrated", "corrected") if chip[word]]
    return "_".join([name, f"chip{chip['chip']}", age, *corrections])


def _again(result: Mapping[str, Any]) -> bool:
    return bool(result["simulator"]["build_seconds"] < _CACHED)


def _sections(root: Path) -> Mapping[str, str]:
    columns = [_column(each) for each in kept(root, SIMULATIONS) if each["chip"] is None]
    rows = [[name, *cells] for name, *cells in zip(_ROWS, *(cells for _, cells in columns), strict=True)]
    return {"engines": markdown.table(["", *(title for title, _ in columns)], rows)}


def _column(result: Mapping[str, Any]) -> tuple[str, list[str]]:
    speed, equivalence = result["simulator"], result["equivalence"]
    parts = [speed[name] for name in ("build_seconds", "loading_seconds", "seconds")]
    title = f"`{result['provenance']['config_name']}`, {speed['engine']}, {'cached' if _again(result) else 'first run'}"
    return title, [
        f"{result['inputs']:,} × {result['passes']}",
        f"{equivalence['mismatches']:,} of {equivalence['compared']:,}",
        f"{equivalence['statistics_mismatches']:,} of {equivalence['compared_statistics']:,}",
        f"{speed['workers']}",
        *(f"{seconds:.1f}" for seconds in (*parts, sum(parts))),
        f"{speed['inputs_per_second']:,.0f}",
        f"{speed['bit_macs_per_second'] / 1e9:.2f}",
    ]


#: Runs of a data set through RTL: of engines, and of chips of macros.
SIMULATIONS = ResultKind(
    command="simulate",
    record=SimulationRecord,
    member="random_pixels",
    directory="engines",
    stem=_name,
    keep=_keep,
)

ENGINES = Page(path=Path("docs/benchmarks.md"), sections=_sections, kinds=(SIMULATIONS,))
