"""Picture of both cores, and of their ratios.

The cores are shown by component, the ratios against the size of an array.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import colormaps, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...base.pictures import STYLE
from .paper import PAPER

__all__ = ["draw_cores"]

_SIZE = (11.6, 4.6)
_BAR = 0.62

#: Fixed: a layout from a solver differs in the last digit from run to run.
_MARGINS: Mapping[str, float] = {"left": 0.062, "right": 0.865, "bottom": 0.16, "top": 0.86, "wspace": 0.24}

_PAPER = "#cbd5e0"

_NANO_IN_MICRO = 1e3

#: Components from the bottom of a bar to its top: those that differ first.
_ORDER = (
    "cells",
    "word lines",
    "sensing",
    "programming",
    "sampling",
    "wires",
    "counting",
    "accumulators",
    "neurons",
    "memories",
    "control and ports",
    "leakage",
)

_LABELS: Mapping[str, str] = {"gops_per_watt": "GOPS/W", "gops_per_watt_mm2": "GOPS/W/mm²"}


def draw_cores(result: Mapping[str, Any]) -> Figure:
    """Draw energy and area of the PCM core and of its SRAM equivalent, with shared draws and with a draw for each
    column, and the ratios for every size and precision beside the paper's figures for its own cores.
    """
    bars = {
        "PCM": result["base"]["pcm"],
        "SRAM,\nshared\ndraws": result["base"]["sram"],
        "SRAM,\ndraw per\ncolumn": result["independent"]["sram"],
    }
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE)
        axes = figure.subplots(1, 4, gridspec_kw=dict(_MARGINS))
        _stack(axes[0], bars, "energy", "energy of an inference, µJ (model)", _NANO_IN_MICRO)
        _stack(axes[1], bars, "area", "area, mm² (model)", 1)
        for axis, ratio in zip(axes[2:], _LABELS, strict=True):
            _draw_ratios(axis, result["sizes"], ratio)
        handles = [
            axes[0].bar(0, 0, color=_color(name), label=name)
            for name in _ORDER
            if any(name in each[kind] for each in bars.values() for kind in ("energy", "area"))
        ]
        figure.legend(handles=handles[::-1], loc="center right", fontsize="small")
        figure.suptitle(f"{result['comparison']}, T = {result['passes']}: model, not measured")
        return figure


def _stack(axis: Axes, bars: Mapping[str, Any], kind: str, title: str, unit: float) -> None:
    bottom = [0.0] * len(bars)
    for name in _ORDER:
        heights = [each[kind].get(name, 0.0) / unit for each in bars.values()]
        axis.bar(range(len(bars)), heights, _BAR, bottom=bottom, color=_color(name))
        bottom = [base + height for base, height in zip(bottom, heights, strict=True)]
    axis.set_xticks(range(len(bars)), list(bars))
    axis.yaxis.set_major_formatter("{x:,g}")
    axis.set_title(title, loc="left")


def _color(name: str) -> Any:
    return colormaps["tab20"](_ORDER.index(name))


def _draw_ratios(axis: Axes, variants: Sequence[Mapping[str, Any]], ratio: str) -> None:
    sizes = sorted({each["rows"] for each in variants})
    low, high = PAPER[ratio]
    axis.axhspan(low, high, color=_PAPER)
    middle = math.sqrt(sizes[0] * sizes[-1])
    axis.text(middle, math.sqrt(low * high), "the paper, of its\nown cores [abstract]", ha="center", va="center")
    for bits in sorted({each["bits"] for each in variants}):
        points = {each["rows"]: each["ratios"][ratio] for each in variants if each["bits"] == bits}
        axis.plot(sizes, [points[size] for size in sizes], "o-", markersize=4, label=f"{bits} bits")
    axis.axhline(1, color="#4a5568", linestyle="--", linewidth=1)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xticks(sizes, [str(size) for size in sizes])
    axis.minorticks_off()
    axis.set(xlabel="word lines of an array", title=f"PCM / SRAM, {_LABELS[ratio]}, shared draws")
    axis.title.set_fontsize("small")
    axis.yaxis.set_major_formatter("{x:g}")
    axis.set_yticks([0.2, 0.5, 1, 2, 5, 10])
    axis.legend(fontsize="small", loc="best")
