"""Picture of uncertainty over the number of passes."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ...base.pictures import STYLE

__all__ = ["draw_uncertainty"]

_SIZE = (10.2, 5.8)
_CHANCE = "#718096"

#: Scores whose detection is drawn; that of the largest probability is like that of the entropy.
_DRAWN = {"predictive_entropy": "predictive entropy", "mutual_information": "mutual information"}


def draw_uncertainty(assessments: Sequence[Mapping[str, Any]], exact: Mapping[str, Any] | None) -> Figure:
    """Draw accuracy, NLL and calibration, AUROC of each set by two scores, and risk against coverage.

    What ``exact``, the assessment by all masks, has of the first three is dashed.
    """
    passes = [each["passes"] for each in assessments]
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        upper, lower = figure.subplots(2, 3)
        for axis, names in zip(upper, (("accuracy",), ("nll", "brier"), ("ece", "adaptive_ece")), strict=True):
            for name in names:
                (line,) = axis.plot(
                    passes, [each[name] for each in assessments], "o-", markersize=4, label=_LABELS[name]
                )
                if exact is not None:
                    axis.axhline(exact[name], color=line.get_color(), linestyle="--", linewidth=1)
            axis.set_title(", ".join(_LABELS[name] for name in names))
            if len(names) > 1:
                axis.legend()
                axis.set_ylim(0, None)
        upper[0].yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
        for axis, (score, title) in zip(lower, _DRAWN.items(), strict=False):
            for name in assessments[-1]["detection"]:
                values = [each["detection"][name][score]["auroc"] for each in assessments]
                axis.plot(passes, values, "o-", markersize=4, label=name)
            axis.axhline(1 / 2, color=_CHANCE, linestyle="--", linewidth=1)
            axis.set(title=f"AUROC by {title}", ylim=(None, 1.01))
        lower[1].legend(loc="best")
        for axis in (*upper, *lower[:2]):
            _against_passes(axis, passes)
        _draw_risk(lower[2], assessments)
        return figure


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
