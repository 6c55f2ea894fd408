"""Picture of the chip study."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ...base.pictures import STYLE

__all__ = ["draw_chips"]

_SIZE = (10.2, 6.4)
_IDEAL = "#718096"
_BAND = 0.15
_HALF_WIDTH = 0.18

_LINES = {
    ("none", "uncorrected"): "no compensation, no correction",
    ("none", "corrected"): "no compensation",
    ("global", "corrected"): "a reference per layer",
    ("column", "corrected"): "a reference per column",
    ("column", "recalibrated"): "per column, calibrated again",
}


def draw_chips(result: Mapping[str, Any]) -> Figure:
    """Draw the histogram of P(w = +1), the measures of each fresh chip, and the means against the age."""
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        upper, lower = figure.subplots(2, 3)
        _draw_weights(upper[0], result["weights"])
        titles = {"accuracy": "accuracy", "nll": "NLL, nats", "ece": "ECE"}
        for axis, name in zip(upper[1:], ("accuracy", "nll"), strict=True):
            _draw_fresh(axis, result, name)
            axis.set_title(f"{titles[name]} of each fresh chip")
        for axis, (name, title) in zip(lower, titles.items(), strict=True):
            _draw_ages(axis, result, name)
            axis.set_title(title)
            axis.set_xlabel("age, s")
        for axis in (upper[1], lower[0]):
            axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
        figure.legend(*lower[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        return figure


def _draw_weights(axis: Axes, weights: Mapping[str, Any]) -> None:
    """Draw, for each layer, the share of its weights in each bin."""
    for index, layer in enumerate(weights["layers"]):
        counts = np.array(layer["counts"])
        edges = np.linspace(0, 1, len(counts) + 1)
        axis.stairs(counts / counts.sum(), edges, label=f"layer {index}: {layer['undecided']:.0%} undecided")
    axis.set(title="share of weights by P(w = +1)", xlabel="P(w = +1)", yscale="log")
    axis.legend()


def _draw_fresh(axis: Axes, result: Mapping[str, Any], name: str) -> None:
    """Draw a dot for each chip, and their mean."""
    groups = {
        "software": result["software"],
        "no correction": result["fresh"]["uncorrected"],
        "corrected": result["fresh"]["corrected"],
    }
    for place, summary in enumerate(groups.values()):
        values = [value for value in summary[name]["chips"] if value is not None]
        spread = np.linspace(-_HALF_WIDTH, _HALF_WIDTH, len(values))
        axis.plot(place + spread, values, "o", markersize=3)
        if values:
            axis.hlines(summary[name]["mean"], place - 2 * _HALF_WIDTH, place + 2 * _HALF_WIDTH, color=_IDEAL)
    axis.set_xticks(range(len(groups)), list(groups))


def _draw_ages(axis: Axes, result: Mapping[str, Any], name: str) -> None:
    """Draw the mean over the chips against their age, and a deviation to both sides of two of the lines."""
    software = result["software"][name]["mean"]
    axis.axhline(software, color=_IDEAL, linestyle="--", linewidth=1, label="ideal software")
    for (kind, correction), label in _LINES.items():
        first = result["fresh"]["uncorrected" if correction == "uncorrected" else "corrected"]
        points = [(result["first_read"], first)]
        points += [(each["seconds"], each[correction]) for each in result["aged"] if each["compensation"] == kind]
        known = [(age, each[name]) for age, each in points if each[name]["deviation"] is not None]
        ages = [age for age, _ in known]
        means = np.array([each["mean"] for _, each in known])
        (line,) = axis.plot(ages, means, "o-", markersize=3, label=label)
        if (kind, correction) in (("none", "uncorrected"), ("column", "corrected")):
            deviations = np.array([each["deviation"] for _, each in known])
            axis.fill_between(
                ages, means - deviations, means + deviations, color=line.get_color(), alpha=_BAND, linewidth=0
            )
    axis.set_xscale("log")
