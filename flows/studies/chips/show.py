"""Tables of the chip study, and its Markdown."""

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ...base.spread import Spread
from ..study import Draw, Shown
from .picture import draw_chips

__all__ = [
    "COLUMNS",
    "WEIGHT_COLUMNS",
    "pictures",
    "rows",
    "sections",
    "sentences",
    "stem",
    "tables",
    "title",
    "to_markdown",
    "weight_rows",
]

#: Columns of the table.
COLUMNS = ("age", "drift compensation", "logit correction", "accuracy", "NLL", "ECE")

#: Columns of the table of the weights: shares of those with P(w = +1) in five ranges.
WEIGHT_COLUMNS = ("layer", "weights", "0 to 0.05", "to 0.35", "to 0.65", "to 0.95", "to 1")

#: Ends of the ranges, in bins of the histogram's twenty.
_RANGES = (0, 1, 7, 13, 19, 20)

_SOFTWARE = "ideal software"
_CORRECTIONS = {"uncorrected": "none", "corrected": "as fresh", "recalibrated": "renewed"}
_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))

#: Targets: points of accuracy that corrected chips may lose to software, the factor by which correction lowers the
#: standard deviation between chips, and points that compensated chips may lose until the last measurement.
_LOSS, _FACTOR, _DRIFT_LOSS = 1.0, 2.0, 0.5


def age_text(seconds: float) -> str:
    """Return an age in its largest unit."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return the rows of the table, means ± standard deviations over the chips, in the order of the columns."""
    fresh = age_text(result["first_read"])
    found = [[_SOFTWARE, "—", "—", *_cells(result["software"])]]
    for name in ("uncorrected", "corrected"):
        found.append([fresh, "none", _CORRECTIONS[name], *_cells(result["fresh"][name])])
    for point in result["aged"]:
        for name, label in _CORRECTIONS.items():
            found.append([age_text(point["seconds"]), point["compensation"], label, *_cells(point[name])])
    return found


def _cells(summary: Mapping[str, Any]) -> list[str]:
    if summary["accuracy"]["mean"] is None:
        return ["too few chips"] * 3
    accuracy, nll, ece = (Spread.kept(summary[name]) for name in ("accuracy", "nll", "ece"))
    return [f"{accuracy:.2%}", f"{nll:.3f}", f"{ece:.3f}"]


def weight_rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each layer: the distribution of its weights' probabilities."""
    found = []
    for index, layer in enumerate(result["weights"]["layers"]):
        counts = layer["counts"]
        shares = [sum(counts[first:last]) / sum(counts) for first, last in itertools.pairwise(_RANGES)]
        found.append([str(index), f"{sum(counts):,}", *(f"{share:.1%}" for share in shares)])
    return found


def sentences(result: Mapping[str, Any]) -> list[str]:
    """Return the targets of the design and the findings, a sentence each."""
    fresh, software = result["fresh"], result["software"]["accuracy"]
    if any(fresh[name]["accuracy"]["deviation"] is None for name in fresh):
        return ["Too few chips could be corrected."]
    corrected = fresh["corrected"]["accuracy"]["mean"]
    found = [f"Corrected chips lose {_judged(100 * (software['mean'] - corrected), _LOSS)} to ideal software."]
    for name, label, unit, scale in (("accuracy", "accuracy", "points", 100.0), ("nll", "NLL", "millinats", 1000.0)):
        noise = scale * result["software"][name]["deviation"]
        before, after = (scale * fresh[which][name]["deviation"] for which in ("uncorrected", "corrected"))
        net = [math.sqrt(max(each**2 - noise**2, 0)) for each in (before, after)]
        left = _verdict(_FACTOR * net[1] <= net[0]) if net[0] else "nothing to halve"
        found.append(
            f"The deviation of {label} between chips is {before:.2f} {unit} without correction and {after:.2f} with it "
            f"(target: half of it at most, {_verdict(_FACTOR * after <= before)}); by noise alone ideal software "
            f"deviates by {noise:.2f} from run to run, and without that share it is {net[0]:.2f} and {net[1]:.2f} "
            f"({left})."
        )
    for point in result["aged"]:
        if point["seconds"] == result["aged"][-1]["seconds"] and point["compensation"] != "none":
            lost = 100 * (corrected - point["corrected"]["accuracy"]["mean"])
            found.append(
                f"At {age_text(point['seconds'])} chips with {point['compensation']} compensation have lost "
                f"{_judged(lost, _DRIFT_LOSS)}."
            )
    return found


def _judged(points: float, most: float) -> str:
    return f"{points:.2f} points (target: {most:g} at most, {_verdict(points <= most)})"


def _verdict(met: bool) -> str:
    return "met" if met else "**not met**"


def stem(result: Mapping[str, Any]) -> str:
    """Return the name of a kept result: there is one for each network, device and way to choose targets."""
    return f"{result['name']}_{result['deployment']}_{'exact' if result['horizon'] is None else 'spread'}"


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return the picture of a result."""
    return {f"chips_{stem(result)}": functools.partial(draw_chips, result)}


def title(result: Mapping[str, Any]) -> str:
    """Return the title of a result's page."""
    return f"{result['name']} on chips of {result['deployment']}"


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the weights, and the chips by age, as tables."""
    measured = f"{result['chips']} chips of {result['deployment']}, mean ± deviation"
    return [
        table("Weights by P(w = +1)", list(WEIGHT_COLUMNS), weight_rows(result)),
        table(measured, list(COLUMNS), rows(result)),
    ]


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document: network after network."""
    parts = []
    for result, addresses in results:
        targets = "as if they were exact" if result["horizon"] is None else "for their spread"
        heading = f"### `{result['name']}` on `{result['deployment']}`, cells targeted {targets}"
        parts.append(f"{heading}\n\n{to_markdown(result, *addresses)}")
    return {"chips": "\n".join(parts)}


def to_markdown(result: Mapping[str, Any], picture_path: str) -> str:
    """Return the report as Markdown, its picture in ``picture_path``."""
    weights = result["weights"]
    shares = ", ".join(f"{each['undecided']:.0%}" for each in weights["layers"])
    chance = " Random weights: right by chance only." if result["random_weights"] else ""
    lines = [
        f"{result['network']}, {weights['weights']:,} weights; {weights['undecided']:.0%} of them have "
        f"0.05 < P(w = +1) < 0.95 (by layer {shares}). {result['chips']} chips of `{result['deployment']}`, "
        f"m₀ = {result['noise_target']:g} µS, {_programmed(result)}; {_targeted(result)}. {result['inputs']:,} test "
        f"inputs, T = {result['passes']}; calibrated with {result['calibration']} training images. Means ± standard "
        f"deviations over the chips.{chance}",
        "",
        *(f"- {sentence}" for sentence in sentences(result)),
        *(
            f"- Chip {each['chip']} is flagged: the constants of class {', '.join(map(str, each['classes']))} do not "
            "fit the registers."
            for each in result["flagged"]
        ),
        "",
        markdown.table(COLUMNS, rows(result)),
        "Weights by P(w = +1):",
        "",
        markdown.table(WEIGHT_COLUMNS, weight_rows(result)),
        f"![Weights of {result['name']}, its chips, and how they age]({picture_path})",
    ]
    return "\n".join(lines) + "\n"


def _programmed(result: Mapping[str, Any]) -> str:
    programming, verify = result["programming"], result["verify"]
    if verify is None:
        return "one pulse for each cell"
    failed: Sequence[int] = programming["failed_per_chip"]
    share = sum(failed) / (len(failed) * programming["cells"])
    return (
        f"cells pulsed again until the mean of {verify['reads']} reads is within {verify['tolerance']:g} µS, "
        f"{verify['max_pulses']} times at most ({programming['pulses_per_cell']:.2f} pulses on average, {share:.1%} "
        "of the cells never come there)"
    )


def _targeted(result: Mapping[str, Any]) -> str:
    if result["horizon"] is None:
        return "targets as if cells were exact and did not age"
    return f"targets for which the mean over cells of P is the wanted one at {age_text(result['horizon'])}"
