"""Pictures of the report."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ..base.pictures import STYLE
from ..synthesis.area import rooms_of
from .report_record import TargetArea

__all__ = ["area", "passes", "reliability", "uncertainty"]

_RIGHT, _WRONG, _SECOND, _FAINT = "#2b6cb0", "#dd6b20", "#718096", "#cbd5e0"

#: Inches: no wider than a narrow screen shows without making the text too small to read.
_WIDTH = 4.4
_SIZE = (_WIDTH, 3.4)

#: Inches of a room's bars in the picture of an area, and of all around them.
_ROOM, _AROUND = 0.3, 0.9


def reliability(
    confidence: Sequence[float], accuracy: Sequence[float], counts: Sequence[int], edges: Sequence[float], ece: float
) -> Figure:
    """Draw the accuracy and the number of inputs in each bin of confidence."""
    with style.context(STYLE):
        figure = Figure(figsize=(_WIDTH, 4.0), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        width = np.diff(edges)
        filled = np.asarray(counts) > 0
        upper.plot([0, 1], [0, 1], color=_SECOND, linestyle="--", linewidth=1, label="perfect calibration")
        upper.bar(
            np.asarray(edges)[:-1][filled],
            np.asarray(accuracy)[filled],
            width[filled],
            align="edge",
            color=_RIGHT,
            edgecolor="white",
            label="accuracy",
        )
        upper.plot(
            np.asarray(confidence)[filled],
            np.asarray(accuracy)[filled],
            "o",
            color=_WRONG,
            markersize=4,
            label="at mean confidence",
        )
        upper.set(ylabel="accuracy", xlim=(0, 1), ylim=(0, 1.02), title=f"ECE {ece:.4f}")
        upper.legend(loc="upper left")
        lower.bar(np.asarray(edges)[:-1], counts, width, align="edge", color=_FAINT, edgecolor="white")
        lower.set(xlabel="confidence", ylabel="inputs")
        return figure


def passes(
    numbers: Sequence[int], values: Sequence[float], deterministic: float | None, *, title: str, percent: bool = False
) -> Figure:
    """Draw a measure against the number of Monte-Carlo passes, beside that of the deterministic twin."""
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axis = figure.subplots()
        axis.plot(numbers, values, "o-", color=_RIGHT, markersize=4, label="T passes")
        if deterministic is not None:
            axis.axhline(deterministic, color=_WRONG, linestyle="--", linewidth=1, label="deterministic")
        axis.set_xscale("log", base=2)
        axis.set_xticks(numbers, [str(number) for number in numbers])
        axis.set(xlabel="Monte-Carlo passes T", title=title)
        axis.minorticks_off()
        if percent:
            axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
        axis.legend()
        return figure


def uncertainty(entropy: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], classes: int) -> Figure:
    """Draw the distribution of the predictive entropy over right and over wrong answers."""
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axis = figure.subplots()
        bins = np.linspace(0, np.log(classes), 25).tolist()
        groups = ((right, _RIGHT, "right"), (~right, _WRONG, "wrong"))
        for chosen, color, name in groups:
            count = int(chosen.sum())
            if count:
                weights = np.full(count, 100 / count)
                axis.hist(entropy[chosen], bins, weights=weights, color=color, alpha=0.65, label=f"{name} ({count:,})")
        axis.set(xlabel="predictive entropy, nats", ylabel="% of the answers of its kind")
        axis.legend()
        return figure


def area(name: str, target: TargetArea) -> Figure:
    """Draw the share of every room in the logic and in the flip-flops of a target, a bar for each."""
    rooms = rooms_of(target.blocks)
    kinds = [kind for kind in _DRAWN if target.kinds.get(kind)]
    height = 1 / (len(kinds) + 1)
    with style.context(STYLE):
        figure = Figure(figsize=(_WIDTH, _AROUND + _ROOM * len(rooms)), layout="constrained")
        axis = figure.subplots()
        for index, (kind, color) in enumerate(zip(kinds, (_RIGHT, _WRONG, _SECOND, _FAINT), strict=False)):
            shares = [100 * counted.get(kind, 0) / target.kinds[kind] for counted in rooms.values()]
            places = np.arange(len(rooms)) + (index - (len(kinds) - 1) / 2) * height
            bars = axis.barh(places, shares, height, color=color, label=kind)
            axis.bar_label(bars, [_share(each) for each in shares], padding=2, fontsize="small")
        axis.set_yticks(range(len(rooms)), list(rooms))
        axis.invert_yaxis()
        # Room for the labels of the longest bars.
        axis.margins(x=0.15)
        axis.set(xlabel=f"% of the core on {name}", xlim=(0, None))
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, 1.0 + 0.35 / (_ROOM * len(rooms))), ncols=2)
        return figure


#: Kinds of cells whose shares the picture shows.
_DRAWN = ("LUTs", "gates", "cells", "flip-flops")


def _share(percent: float) -> str:
    return f"{percent:.1f}" if percent >= _LEAST else "0" if not percent else f"< {_LEAST:g}"


#: Least share that is told, in percent.
_LEAST = 0.1
