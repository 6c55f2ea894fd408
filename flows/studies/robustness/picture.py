"""Picture of accuracy and calibration under faults."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ...base.pictures import STYLE

__all__ = ["draw_robustness"]

_COLUMN, _ROW = 2.7, 2.1
_BAND = 0.2
_TITLES = {"accuracy": "accuracy", "nll": "NLL, nats", "ece": "ECE"}


def draw_robustness(networks: Sequence[Mapping[str, Any]], kinds: Mapping[str, Mapping[str, str]]) -> Figure:
    """Draw each measure against the strength of each fault: the mean over the chips, and a deviation to both sides."""
    with style.context(STYLE):
        figure = Figure(figsize=(0.8 + _COLUMN * len(kinds), 0.5 + _ROW * len(_TITLES)), layout="constrained")
        axes = figure.subplots(len(_TITLES), len(kinds), sharex="col", sharey="row", squeeze=False)
        for row, (measure, title) in zip(axes, _TITLES.items(), strict=True):
            for axis, (fault, kind) in zip(row, kinds.items(), strict=True):
                for network in networks:
                    points = [{"strength": 0.0} | network["without"], *network["faults"][fault]]
                    strengths = [each["strength"] for each in points]
                    mean = np.array([each[measure]["mean"] for each in points])
                    deviation = np.array([each[measure]["deviation"] or 0.0 for each in points])
                    (line,) = axis.plot(strengths, mean, "o-", markersize=3, label=network["label"])
                    low = (mean - deviation).clip(min=0)
                    axis.fill_between(
                        strengths, low, mean + deviation, color=line.get_color(), alpha=_BAND, linewidth=0
                    )
                if measure == "accuracy":
                    axis.set_title(f"{fault}, {kind['draws']}")
                    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            row[0].set_ylabel(title)
        for axis, kind in zip(axes[-1], kinds.values(), strict=True):
            axis.set_xlabel(kind["unit"])
        axes[0][0].legend()
        return figure
