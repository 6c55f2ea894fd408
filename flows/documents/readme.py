"""Table of demo results in README.md."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hdl.config import InputError

from ..base import markdown
from ..base.provenance import Provenance
from ..base.record import Count, Record
from ..report.report_record import Accuracy, Agreement, ReportRecord, Scores
from ..road.equivalence import Equivalence
from ..road.regression_record import SimulatorResult
from ..studies.page import RESULTS, Page, kept
from ..studies.result_kind import ResultKind, of_trained

__all__ = ["README", "KeptArea", "KeptReport"]


class KeptArea(Record):
    """Part of a target's cells that documents show."""

    title: str
    """Title."""

    kinds: dict[str, Count]
    """Number of cells of each kind."""

    transistors: Count | None
    """Estimate for the logic alone, where the target has one."""


class KeptReport(Record):
    """Part of a report that documents show, or that says where the rest comes from."""

    name: str
    """Name of the configuration."""

    provenance: Provenance
    """Configuration, versions, and the products that it is from."""

    inputs: Count
    """Test inputs."""

    accuracy: Accuracy
    """Right answers of each network."""

    float_agreement: Agreement | None
    """Float network and RTL."""

    equivalence: Equivalence
    """Comparison of RTL with golden."""

    uncertainty: dict[str, Scores]
    """By number of passes, and of the deterministic twin."""

    cycles_per_input: float
    """Clock cycles of each input."""

    regression: dict[str, SimulatorResult] | None
    """Tests by simulator."""

    resources: dict[str, dict[str, Count]]
    """Number of cells of each type, by target."""

    area: dict[str, KeptArea]
    """Cells by target."""


_QUALITY = (
    "configuration",
    "accuracy, RTL",
    "float",
    "deterministic twin",
    "NLL (twin)",
    "ECE (twin)",
    "RTL against golden",
    "cycles per input",
)

_ORDER = ("LUTs", "flip-flops", "carries", "LUT RAMs", "block RAMs", "DSPs")


def _keep(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of a report that the documents need."""
    shown = {name: of_trained(report)[name] for name in KeptReport.model_fields}
    shown["area"] = {
        target: {key: each[key] for key in KeptArea.model_fields} for target, each in report["area"].items()
    }
    return shown


def _sections(root: Path) -> Mapping[str, str]:
    results = kept(root, _KIND)
    if not results:
        raise InputError(f"{root / RESULTS} must hold results: run `bayescim document build/demo/report.json`")
    return {"results": f"{_quality(results)}\n{_resources(results)}"}


def _quality(results: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for each in results:
        accuracy, equivalence = each["accuracy"], each["equivalence"]
        passes = str(accuracy["passes"])
        sampled, twin = each["uncertainty"][passes], each["uncertainty"]["deterministic"]
        most = max(int(count) for count in each["uncertainty"] if count.isdigit())
        rows.append(
            [
                f"`{each['name']}`",
                f"{accuracy['rtl']:.2%} (T = {passes})",
                f"{accuracy['float']:.2%}",
                f"{accuracy['deterministic']:.2%}",
                f"{sampled['nll']:.3f} ({twin['nll']:.3f})",
                f"{sampled['ece']:.3f} ({twin['ece']:.3f})",
                f"{equivalence['mismatches']:,} of {equivalence['compared']:,} logits differ",
                f"{each['cycles_per_input']:,.0f} (T = {most})",
            ]
        )
    return markdown.table(_QUALITY, rows)


def _resources(results: Sequence[Mapping[str, Any]]) -> str:
    targets = list(dict.fromkeys(target for each in results for target in each["area"]))
    titles = {target: each["area"][target]["title"] for each in results for target in each["area"]}
    rows = [[f"`{each['name']}`", *(_cells(each["area"].get(target)) for target in targets)] for each in results]
    return markdown.table(["configuration", *(titles[target] for target in targets)], rows)


def _cells(area: Mapping[str, Any] | None) -> str:
    if area is None:
        return "—"
    kinds = area["kinds"]
    shown = [kind for kind in _ORDER if kind in kinds] or list(kinds)
    cells = ", ".join(f"{kinds[kind]:,} {kind}" for kind in shown)
    return f"{area['transistors']:,} transistors; {cells}" if area["transistors"] else cells


_KIND = ResultKind(
    command="demo",
    record=ReportRecord,
    shortened=KeptReport,
    member="float_agreement",
    directory=".",
    stem=lambda report: report["name"],
    keep=_keep,
)

README = Page(path=Path("README.md"), sections=_sections, kinds=(_KIND,))
