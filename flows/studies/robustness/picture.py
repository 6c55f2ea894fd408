"""Picture of accuracy and calibration under faults."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ...base.pictures import STYLE
from ..study import Panel

__all__ = ["draw_robustness", "robustness_panels"]

_COLUMN, _ROW, _PANEL = 2.7, 2.1, 4.4
_BAND = 0.2
_TITLES = {"accuracy": "accuracy", "nll": "NLL, nats", "ece": "ECE"}


def draw_robustness(networks: Sequence[Mapping[str, Any]], kinds: Mapping[str, Mapping[str, str]]) -> Figure:
    """Draw each measure against the strength of each fault: the mean over the chips, and a deviation to both sides."""
    with style.context(STYLE):
        figure = Figure(figsize=(0.8 + _COLUMN * len(kinds), 0.5 + _ROW * len(_TITLES)), layout="constrained")
        axes = figure.subplots(len(_TITLES), len(kinds), sharex="col", sharey="row", squeeze=False)
        for row, (measure, title) in zip(axes, _TITLES.items(), strict=True):
            for axis, (fault, kind) in zip(row, kinds.items(), strict=True):
                _draw_measure(axis, networks, measure, fault)
                if measure == "accuracy":
                    axis.set_title(f"{fault}, {kind['draws']}")
            row[0].set_ylabel(title)
        for axis, kind in zip(axes[-1], kinds.values(), strict=True):
            axis.set_xlabel(kind["unit"])
        axes[0][0].legend()
        return figure


def robustness_panels(networks: Sequence[Mapping[str, Any]], kinds: Mapping[str, Mapping[str, str]]) -> list[Panel]:
    """Return the same as one picture for each fault."""
    return [
        Panel(
            functools.partial(_draw_fault, networks, fault, kind),
            f"{fault}, {kind['draws']}: mean over the chips, and a standard deviation to both sides.",
        )
        for fault, kind in kinds.items()
    ]


def _draw_fault(networks: Sequence[Mapping[str, Any]], fault: str, kind: Mapping[str, str]) -> Figure:
    with style.context(STYLE):
        figure = Figure(figsize=(_PANEL, 0.5 + _ROW * len(_TITLES)), layout="constrained")
        axes = figure.subplots(len(_TITLES), 1, sharex=True)
        for axis, (measure, title) in zip(axes, _TITLES.items(), strict=True):
            _draw_measure(axis, networks, measure, fault)
            axis.set_ylabel(title)
        axes[0].set_title(f"{fault}, {kind['draws']}")
        axes[-1].set_xlabel(kind["unit"])
        axes[0].legend()
        return figure


def _draw_measure(axis: Axes, networks: Sequence[Mapping[str, Any]], measure: str, fault: str) -> None:
    for network in networks:
        points = [{"strength": 0.0} | network["without"], *network["faults"][fault]]
        strengths = [each["strength"] for each in points]
        mean = np.array([each[measure]["mean"] for each in points])
        deviation = np.array([each[measure]["deviation"] or 0.0 for each in points])
        (line,) = axis.plot(strengths, mean, "o-", markersize=3, label=network["label"])
        low = (mean - deviation).clip(min=0)
        axis.fill_between(strengths, low, mean + deviation, color=line.get_color(), alpha=_BAND, linewidth=0)
    if measure == "accuracy":
        axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
