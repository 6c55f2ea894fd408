"""Picture of the sensitivity of the ratios.

Sensitivity to each constant alone, and to all of them.
"""

from collections.abc import Mapping
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from ...base.pictures import STYLE
from .paper import PAPER

__all__ = ["draw_sensitivity"]

_SIZE = (11.6, 6.4)

#: Fixed: a layout from a solver differs in the last digit from run to run.
_MARGINS: Mapping[str, float] = {
    "left": 0.2,
    "right": 0.985,
    "bottom": 0.125,
    "top": 0.9,
    "wspace": 0.72,
    "hspace": 0.28,
}

_LOW, _HIGH, _PAPER, _NOMINAL = "#2b6cb0", "#dd6b20", "#cbd5e0", "#4a5568"

#: Constants that are drawn.
_SHOWN = 12

_LABELS: Mapping[str, str] = {"gops_per_watt": "GOPS/W", "gops_per_watt_mm2": "GOPS/W/mm²"}
_KINDS: Mapping[str, str] = {"shared": "shared draws", "independent": "a draw for each column"}


def draw_sensitivity(result: Mapping[str, Any]) -> Figure:
    """Draw, for both ratios, the constants one by one at their bounds, and the samples of all of them."""
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE)
        upper, lower = figure.subplots(2, 2, gridspec_kw={**_MARGINS, "height_ratios": (2, 1)})
        for above, below, ratio in zip(upper, lower, _LABELS, strict=True):
            _draw_tornado(above, result, ratio)
            _draw_samples(below, result, ratio)
        figure.legend(*lower[0].get_legend_handles_labels(), loc="lower center", ncols=1 + len(_KINDS))
        figure.suptitle(
            f"{result['comparison']}: ratio of PCM to SRAM in the model, with one constant changed, and with all"
        )
        return figure


def _draw_tornado(axis: Axes, result: Mapping[str, Any], ratio: str) -> None:
    sensitivity = result["sensitivity"]["shared"][ratio]
    nominal, shown = sensitivity["nominal"], sensitivity["constants"][:_SHOWN]
    for place, each in enumerate(shown):
        for end, color in (("low", _LOW), ("high", _HIGH)):
            axis.barh(
                place, each[end] - nominal, left=nominal, color=color, height=0.7, label=end if not place else None
            )
    labels = [
        "{} ({:g} … {:g} {})".format(
            each["constant"],
            *(result["constants"][each["constant"]][key] for key in ("low", "high")),
            result["constants"][each["constant"]]["unit"].removeprefix("1"),
        ).replace(" )", ")")
        for each in shown
    ]
    axis.set_yticks(range(len(shown)), labels, fontsize="small")
    axis.invert_yaxis()
    axis.axvline(nominal, color=_NOMINAL, linewidth=1)
    axis.axvline(1, color=_NOMINAL, linestyle="--", linewidth=1)
    axis.set_xscale("log")
    _label_ratios(axis, 1, 2, 5)
    axis.set_title(f"{_LABELS[ratio]}, shared draws: {nominal:.3g}", loc="left")
    axis.legend(loc="lower right")


def _draw_samples(axis: Axes, result: Mapping[str, Any], ratio: str) -> None:
    low, high = PAPER[ratio]
    axis.axvspan(low, high, color=_PAPER, label="paper, of its own [abstract]")
    for kind, label in _KINDS.items():
        histogram = result["sensitivity"][kind][ratio]["histogram"]
        axis.stairs(histogram["shares"], histogram["edges"], label=label)
    axis.axvline(1, color=_NOMINAL, linestyle="--", linewidth=1)
    axis.set_xscale("log")
    _label_ratios(axis, 1, 3)
    axis.set(yticks=[], xlabel=f"ratio of {_LABELS[ratio]}")
    axis.set_title(f"all constants at random, {result['sweep']['samples']:,} samples", loc="left")


def _label_ratios(axis: Axes, *digits: float) -> None:
    """Label the ratios that begin with these digits."""
    axis.xaxis.set_major_locator(LogLocator(subs=digits))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_locator(NullLocator())
