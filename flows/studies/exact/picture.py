"""Picture of the distance from exact over cost."""

from collections.abc import Mapping
from typing import Any

from matplotlib import style
from matplotlib.figure import Figure

from ...base.pictures import STYLE

__all__ = ["draw_exact"]

_SIZE = (5.2, 3.2)

_NAMES = {"plain": "drawn, plain order", "prefix": "drawn, by prefixes"}


def draw_exact(result: Mapping[str, Any]) -> Figure:
    """Draw the mean distance of drawn masks over the cycles that they take, and where the exact mode is."""
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.subplots()
        for order, name in _NAMES.items():
            drawn = [each for each in result["rows"] if each["order"] == order and not each["exact"]]
            cycles = [each["cycles_per_input"] for each in drawn]
            axes.plot(cycles, [each["mean_distance"] for each in drawn], marker="o", label=name)
            for each in drawn:
                place = (each["cycles_per_input"], each["mean_distance"])
                axes.annotate(f"{each['passes']}", place, textcoords="offset points", xytext=(4, 4))
        (exact,) = (each for each in result["rows"] if each["exact"])
        axes.axvline(exact["cycles_per_input"], linestyle="--", color="black", label="exact: distance 0")
        axes.set(
            title="distance from the exact distribution at T passes",
            xlabel="clock cycles per input",
            ylabel="total variation, mean",
            xscale="log",
            ylim=(0, None),
        )
        axes.legend()
        return figure
