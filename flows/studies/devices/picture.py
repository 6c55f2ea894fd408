"""Picture of a device model beside its formulas.

Conductance and read noise, simulated and by formula.
"""

from collections.abc import Mapping
from typing import Any

from matplotlib import colormaps, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...base.pictures import STYLE
from .times import TIMES

__all__ = ["draw_device"]

_SIZE = (11.0, 3.6)
_NEUTRAL = "#4a5568"

#: Part of the colour map that is dark enough for paper.
_DARKEST = 0.85

_SPREAD, _TRACE = 0.18, 0.45


def draw_device(device: Mapping[str, Any]) -> Figure:
    """Draw conductance and read deviation over time by target, and the correlation of reads over their distance.

    Lines are formulas and marks are samples; a band is the mean ± the standard deviation between cells, by formula, and
    thin lines are single cells.
    """
    curves = device["curves"]
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        conductance, noise, correlation = figure.subplots(1, 3)
        for index, curve in enumerate(curves):
            color = colormaps["viridis"](_DARKEST * index / max(1, len(curves) - 1))
            _draw_conductance(conductance, device["times"], curve, color)
            _draw(noise, device["times"], curve, "read deviation", color)
        conductance.set(title=f"{device['name']}: conductance, µS")
        noise.set(title="deviation of a read, µS", ylim=(0, None))
        for axes in (conductance, noise):
            axes.set_xscale("log")
            first, last = device["times"][0], device["times"][-1]
            places = {name: each for name, each in TIMES.items() if first <= each <= last}
            axes.set_xticks(list(places.values()), list(places), minor=False)
            axes.minorticks_off()
            axes.set_xlabel("time since programming")
        conductance.legend(title="target", fontsize="small")
        _draw_correlation(correlation, device["correlation"])
        return figure


def _draw(axes: Axes, times: list[float], curve: Mapping[str, Any], quantity: str, color: Any) -> None:
    axes.plot(times, curve["formula"][quantity], color=color, linewidth=1, label=f"{curve['target']:g} µS")
    axes.plot(times, curve["sampled"][quantity], "o", color=color, markersize=3)


def _draw_conductance(axes: Axes, times: list[float], curve: Mapping[str, Any], color: Any) -> None:
    _draw(axes, times, curve, "mean", color)
    pairs = list(zip(curve["formula"]["mean"], curve["formula"]["deviation"], strict=True))
    below, above = [mean - spread for mean, spread in pairs], [mean + spread for mean, spread in pairs]
    axes.fill_between(times, below, above, color=color, alpha=_SPREAD, linewidth=0)
    for trace in curve["traces"]:
        axes.plot(times, trace, color=color, linewidth=0.5, alpha=_TRACE)


def _draw_correlation(axes: Axes, correlation: Mapping[str, Any]) -> None:
    axes.plot(correlation["lags"], correlation["formula"], color=_NEUTRAL, linewidth=1, label="formula")
    axes.plot(correlation["lags"], correlation["sampled"], "o", color=_NEUTRAL, markersize=3, label="sampled")
    axes.set(
        title=f"1/f noise at {correlation['seconds']:g} s: correlation",
        xlabel="time between two reads of a cell, s",
        xscale="log",
        ylim=(-0.1, 1.05),
    )
    axes.legend()
