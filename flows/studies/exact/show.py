"""Tables of the study of the exact mode."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ..study import Draw, Shown
from .picture import draw_exact

__all__ = [
    "COLUMNS",
    "agrees",
    "differences",
    "exact_rows",
    "pictures",
    "sample_line",
    "sections",
    "tables",
    "title",
    "to_markdown",
]

COLUMNS = (
    "passes",
    "order",
    "cycles per input",
    "of plain",
    "distance",
    "largest",
    "differ from golden",
)

#: Passes in the plain order that the exact mode is compared with.
_USUAL = 16


def differences(equivalence: Mapping[str, int]) -> int:
    """Return in how many values RTL and golden differ."""
    return equivalence["mismatches"] + equivalence["statistics_mismatches"]


def agrees(result: Mapping[str, Any]) -> bool:
    """Return whether RTL and golden are equal throughout, and the samples do not contradict the exact distribution."""
    runs = [*result["rows"], *([result["long_run"]] if result["long_run"] else [])]
    return result["samples"]["holds"] and not any(differences(each["equivalence"]) for each in runs)


def exact_rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row of :data:`COLUMNS` for each run."""
    plain = {each["passes"]: each["cycles_per_input"] for each in result["rows"] if each["order"] == "plain"}
    rows = []
    for each in result["rows"]:
        passes, cycles, equivalence = each["passes"], each["cycles_per_input"], each["equivalence"]
        base = plain.get(_USUAL if each["exact"] else passes)
        share = "—" if base is None else f"{cycles / base:.2f}"
        compared = equivalence["compared"] + equivalence["compared_statistics"]
        rows.append(
            [
                f"exact, {result['masks']} masks" if each["exact"] else f"T = {passes}",
                each["order"],
                f"{cycles:,.1f}",
                f"{share}, T = {_USUAL}" if each["exact"] and base is not None else share,
                f"{each['mean_distance']:.4f}",
                f"{each['largest_distance']:.4f}",
                f"{differences(equivalence)} of {compared:,}",
            ]
        )
    return rows


def sample_line(result: Mapping[str, Any]) -> str:
    """Return the agreement of the samples with the exact distribution."""
    samples = result["samples"]
    verdict = "within" if samples["holds"] else "OUTSIDE"
    return (
        f"Mean of {samples['samples']:,} samples against the exact distribution, {samples['comparisons']:,} "
        f"probabilities: the largest difference is {samples['largest']:.2f} standard errors, {verdict} the "
        f"{samples['bound']:.2f} that chance exceeds in 1 % of cases at the most."
    )


def title(result: Mapping[str, Any]) -> str:
    """Return the title of a result's page."""
    return f"Exact mode of {result['exact']}"


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return all runs as a table."""
    return [table(f"{title(result)}, {result['inputs']:,} inputs", list(COLUMNS), exact_rows(result))]


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return the picture of a result."""
    return {f"exact_{result['exact']}": functools.partial(draw_exact, result)}


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return a section of the document for each network."""
    return {f"exact {result['exact']}": to_markdown(result, *addresses) for result, addresses in results}


def to_markdown(result: Mapping[str, Any], picture: str) -> str:
    """Return a result as Markdown, its picture at the address ``picture``."""
    told = f"`{result['exact']}`, {result['inputs']:,} test images. {sample_line(result)}"
    long_run = result["long_run"]
    if long_run is not None:
        equivalence = long_run["equivalence"]
        told += (
            f" The RTL drew as many for {long_run['inputs']} images, {long_run['cycles_per_input']:,.0f} cycles each: "
            f"{differences(equivalence)} of {equivalence['compared'] + equivalence['compared_statistics']:,} values "
            "differ from golden."
        )
    return f"{markdown.table(COLUMNS, exact_rows(result))}\n{told}\n\n![Error against cycles]({picture})\n"
