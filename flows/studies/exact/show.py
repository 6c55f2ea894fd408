"""The exact mode and drawn masks side by side, as a table for a terminal and for the documents."""

from collections.abc import Mapping
from typing import Any

__all__ = ["COLUMNS", "agrees", "differences", "exact_rows", "render_exact", "sample_line"]

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
    """Return what the samples say of the exact distribution."""
    samples = result["samples"]
    verdict = "within" if samples["holds"] else "OUTSIDE"
    return (
        f"Mean of {samples['samples']:,} samples against the exact distribution, {samples['comparisons']:,} "
        f"probabilities: the largest difference is {samples['largest']:.2f} standard errors, {verdict} the "
        f"{samples['bound']:.2f} that chance exceeds in 1 % of cases at the most."
    )


def render_exact(result: Mapping[str, Any], picture: str) -> str:
    """Return the section of the documents; ``picture`` is the address of the picture beside it."""
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines += [f"| {' | '.join(row)} |" for row in exact_rows(result)]
    lines += ["", f"`{result['exact']}`, {result['inputs']:,} test images. {sample_line(result)}"]
    long_run = result["long_run"]
    if long_run is not None:
        equivalence = long_run["equivalence"]
        lines[-1] += (
            f" The RTL drew as many for {long_run['inputs']} images, {long_run['cycles_per_input']:,.0f} cycles each: "
            f"{differences(equivalence)} of {equivalence['compared'] + equivalence['compared_statistics']:,} values "
            "differ from golden."
        )
    return "\n".join([*lines, "", f"![Error against cycles]({picture})"]) + "\n"
