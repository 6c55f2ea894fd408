"""Picture of uncertainty over the number of passes."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ...base.pictures import STYLE
from ..study import Panel

__all__ = ["draw_uncertainty", "uncertainty_panels"]

_SIZE, _PANEL = (10.2, 5.8), (4.4, 3.2)
_CHANCE = "#718096"

#: Scores whose detection is drawn; that of the largest probability is like that of the entropy.
_DRAWN = {"predictive_entropy": "predictive entropy", "mutual_information": "mutual information"}


def draw_uncertainty(assessments: Sequence[Mapping[str, Any]], exact: Mapping[str, Any] | None) -> Figure:
    """Draw accuracy, NLL and calibration, AUROC of each set by two scores, and risk against coverage.

    What ``exact``, the assessment by all masks, has of the first three is dashed.
    """
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.subplots(2, 3).flat
        for axis, (_, draw) in zip(axes, _parts(assessments, exact), strict=True):
            draw(axis)
        return figure


def uncertainty_panels(assessments: Sequence[Mapping[str, Any]], exact: Mapping[str, Any] | None) -> list[Panel]:
    """Return the same as one picture for each measure."""
    return [Panel(functools.partial(_alone, draw), caption) for caption, draw in _parts(assessments, exact)]


def _alone(draw: Callable[[Axes], None]) -> Figure:
    with style.context(STYLE):
        figure = Figure(figsize=_PANEL, layout="constrained")
        axis = figure.subplots()
        draw(axis)
        if axis.get_legend() is None and len(axis.get_legend_handles_labels()[1]) > 1:
            axis.legend()
        return figure


def _parts(
    assessments: Sequence[Mapping[str, Any]], exact: Mapping[str, Any] | None
) -> list[tuple[str, Callable[[Axes], None]]]:
    """Return caption and drawing of each part."""
    found: list[tuple[str, Callable[[Axes], None]]] = []
    dashed = "" if exact is None else "; dashed: by all masks"
    for caption, names in (
        ("Accuracy", ("accuracy",)),
        ("Proper scores", ("nll", "brier")),
        ("Calibration errors", ("ece", "adaptive_ece")),
    ):
        draw = functools.partial(_draw_measures, assessments, exact, names)
        found.append((f"{caption} against the number of passes{dashed}.", draw))
    for score, title in _DRAWN.items():
        draw = functools.partial(_draw_detection, assessments, score, title, legend=score == "mutual_information")
        found.append((f"Detection of each out-of-distribution set by {title}; dashed: chance.", draw))
    found.append(("Share of wrong answers where the least certain inputs are not answered.", _of_risk(assessments)))
    return found


def _draw_measures(
    assessments: Sequence[Mapping[str, Any]], exact: Mapping[str, Any] | None, names: Sequence[str], axis: Axes
) -> None:
    passes = [each["passes"] for each in assessments]
    for name in names:
        (line,) = axis.plot(passes, [each[name] for each in assessments], "o-", markersize=4, label=_LABELS[name])
        if exact is not None:
            axis.axhline(exact[name], color=line.get_color(), linestyle="--", linewidth=1)
    axis.set_title(", ".join(_LABELS[name] for name in names))
    if len(names) > 1:
        axis.legend()
        axis.set_ylim(0, None)
    else:
        axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    _against_passes(axis, passes)


def _draw_detection(
    assessments: Sequence[Mapping[str, Any]], score: str, title: str, axis: Axes, *, legend: bool
) -> None:
    passes = [each["passes"] for each in assessments]
    for name in assessments[-1]["detection"]:
        values = [each["detection"][name][score]["auroc"] for each in assessments]
        axis.plot(passes, values, "o-", markersize=4, label=name)
    axis.axhline(1 / 2, color=_CHANCE, linestyle="--", linewidth=1)
    axis.set(title=f"AUROC by {title}", ylim=(None, 1.01))
    if legend:
        axis.legend(loc="best")
    _against_passes(axis, passes)


def _of_risk(assessments: Sequence[Mapping[str, Any]]) -> Callable[[Axes], None]:
    return lambda axis: _draw_risk(axis, assessments)


_LABELS = {"accuracy": "accuracy", "nll": "NLL, nats", "brier": "Brier", "ece": "ECE", "adaptive_ece": "adaptive ECE"}


def _against_passes(axis: Axes, passes: Sequence[int]) -> None:
    axis.set_xscale("log", base=2)
    axis.set_xticks(passes, [str(count) for count in passes])
    axis.minorticks_off()
    axis.set_xlabel("Monte-Carlo passes T")


def _draw_risk(axis: Axes, assessments: Sequence[Mapping[str, Any]]) -> None:
    """Draw the risk at each coverage for the fewest and for the most passes."""
    shown = (assessments[0], assessments[-1]) if len(assessments) > 1 else assessments[:1]
    for each in shown:
        for score, line in zip(_DRAWN, ("-", ":"), strict=True):
            # A single pass has no mutual information, and so no curve by it.
            if each["passes"] > 1 or score != "mutual_information":
                curve = each["selective"][score]
                label = f"T = {each['passes']}, {_DRAWN[score]}"
                axis.plot(curve["coverage"], curve["risk"], line, label=label)
    axis.set(title="risk and coverage", xlabel="share of the inputs that are answered", ylim=(0, None))
    axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    axis.set_ylabel("wrong answers among them")
    axis.legend()
