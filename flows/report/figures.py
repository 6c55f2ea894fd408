"""Pictures of the report."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ..base.pictures import STYLE
from ..synthesis.area import rooms_of

__all__ = ["area", "passes", "reliability", "uncertainty"]

_RIGHT, _WRONG, _SECOND, _FAINT = "#2b6cb0", "#dd6b20", "#718096", "#cbd5e0"
_SIZE = (5.4, 3.6)

_ROOM_COLORS = "tab20"


def reliability(
    confidence: Sequence[float], accuracy: Sequence[float], counts: Sequence[int], edges: Sequence[float], ece: float
) -> Figure:
    """Draw the accuracy and the number of inputs in each bin of confidence."""
    with style.context(STYLE):
        figure = Figure(figsize=(5.4, 4.4), layout="constrained")
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
    numbers: Sequence[int],
    accuracy: Sequence[float],
    nll: Sequence[float],
    deterministic: tuple[float, float] | None,
) -> Figure:
    """Draw accuracy and negative log-likelihood against the number of Monte-Carlo passes."""
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.subplots(1, 2)
        titles = ("accuracy", "NLL, nats")
        for index, (axis, values, title) in enumerate(zip(axes, (accuracy, nll), titles, strict=True)):
            axis.plot(numbers, values, "o-", color=_RIGHT, markersize=4, label="T passes")
            if deterministic is not None:
                axis.axhline(deterministic[index], color=_WRONG, linestyle="--", linewidth=1, label="deterministic")
            axis.set_xscale("log", base=2)
            axis.set_xticks(numbers, [str(number) for number in numbers])
            axis.set(xlabel="Monte-Carlo passes T", title=title)
            axis.minorticks_off()
        axes[0].yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
        axes[1].legend()
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


def area(targets: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Draw the share of every room in the logic and in the flip-flops of every target."""
    bars = [
        (f"{name}\n{kind}", kind, rooms_of(each["blocks"]))
        for name, each in targets.items()
        for kind in each["kinds"]
        if kind in _DRAWN
    ]
    rooms = list(dict.fromkeys(room for _, _, counted in bars for room in counted))
    colors = mpl.colormaps[_ROOM_COLORS].resampled(max(len(rooms), 1))
    with style.context(STYLE):
        figure = Figure(figsize=(8.6, 0.9 + 0.42 * len(bars)), layout="constrained")
        axis = figure.subplots()
        _stack(axis, bars, rooms, colors)
        axis.invert_yaxis()
        axis.set(xlabel="% of the core", xlim=(0, 100))
        figure.legend(loc="outside right upper", fontsize="small")
        return figure


#: Kinds of cells whose shares the picture shows.
_DRAWN = ("LUTs", "gates", "cells", "flip-flops")


def _stack(axis: Axes, bars: Sequence[tuple[str, str, Mapping[str, Any]]], rooms: Sequence[str], colors: Any) -> None:
    labels = [label.replace("\n", " ") for label, _, _ in bars]
    totals = np.array([max(1, sum(counted.get(kind, 0) for counted in by.values())) for _, kind, by in bars])
    left = np.zeros(len(bars))
    for index, room in enumerate(rooms):
        share = np.array([by.get(room, {}).get(kind, 0) for _, kind, by in bars]) * 100 / totals
        axis.barh(labels, share, left=left, color=colors(index), edgecolor="white", linewidth=0.5, label=room)
        left += share
