"""Picture of layers on arrays."""

import dataclasses

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..base.pictures import STYLE
from .mapping import LayerMapping, Mapping

__all__ = ["draw_mapping", "mapping_caption"]

_WEIGHTS, _SLOWEST, _EDGE, _EMPTY, _TEXT = "#2b6cb0", "#dd6b20", "#718096", "#edf2f7", "#2d3748"

#: Most arrays in a row; a layer with more row tiles continues below.
_WIDEST = 32


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Layout:
    """Margins and columns of the picture, from left to right and from the top, in inches."""

    labels: float
    arrays: float
    between: float
    bars: float
    right: float
    title: float
    below: float

    @property
    def width(self) -> float:
        """Width of the picture."""
        return self.labels + self.arrays + self.between + self.bars + self.right


#: For a document, and without the texts that :func:`mapping_caption` has for the page of a narrow screen.
_WIDE = _Layout(labels=2.1, arrays=4.4, between=0.25, bars=2.0, right=0.95, title=0.75, below=0.45)
_NARROW = _Layout(labels=1.75, arrays=1.1, between=0.1, bars=0.65, right=0.8, title=0.35, below=0.05)

#: Inches: left end of the explanation.
_CAPTION = 0.1

#: Inches: largest side of an array, largest total height, least height of a layer, gap between layers.
_SIDE, _HEIGHT, _LAYER, _GAP = 0.34, 14.0, 0.34, 0.16

#: Share of its place that an array covers.
_SHARE = 0.86


def draw_mapping(mapping: Mapping, *, narrow: bool = False) -> Figure:
    """Draw each layer's arrays, filled where they hold weights, beside the cycles that they need for a pass.

    ``narrow`` is for a page, whose caption has the texts.
    """
    layout = _NARROW if narrow else _WIDE
    lines = [_lines(layer) for layer in mapping.layers]
    widest = max(min(layer.row_tiles, _WIDEST) for layer in mapping.layers)
    side = min(_SIDE, layout.arrays / widest, _HEIGHT / sum(lines))
    heights = [max(_LAYER, count * side) for count in lines]
    total = sum(heights) + _GAP * len(heights)
    size = (layout.width, layout.title + total + layout.below)
    with style.context(STYLE):
        figure = Figure(figsize=size)
        bottom, height = layout.below / size[1], total / size[1]
        arrays = figure.add_axes((layout.labels / size[0], bottom, layout.arrays / size[0], height))
        left = layout.labels + layout.arrays + layout.between
        bars = figure.add_axes((left / size[0], bottom, layout.bars / size[0], height), sharey=arrays)
        arrays.set(xlim=(0, layout.arrays), ylim=(total, 0))
        arrays.axis("off")
        top = _GAP / 2
        most = max(layer.cycles for layer in mapping.layers)
        for layer, each in zip(mapping.layers, heights, strict=True):
            _draw_arrays(arrays, mapping, layer, top, side)
            _draw_cycles(bars, mapping, layer, top + min(each, _LAYER) / 2, most)
            top += each + _GAP
        bars.set(xlim=(0, most), yticks=[])
        bars.spines["bottom"].set_visible(False)
        bars.tick_params(bottom=False, labelbottom=False)
        if narrow:
            arrays.set_title("arrays", loc="left")
            bars.set_title("cycles for a pass", loc="left")
            return figure
        arrays.set_title(_used(mapping), loc="left")
        bars.set_title("cycles that they need for a pass", loc="left")
        figure.text(
            0.1 / size[0],
            1 - 0.28 / size[1],
            f"{mapping.name}: {_amounts(mapping)}",
            fontsize="large",
            color=_TEXT,
        )
        figure.text(
            _CAPTION / size[0],
            0.16 / size[1],
            _explained(mapping),
            fontsize="small",
            color=_EDGE,
        )
        return figure


def mapping_caption(mapping: Mapping) -> str:
    """Return the texts of the picture."""
    return f"{_used(mapping)}; {_amounts(mapping)}. {_explained(mapping)}"


def _used(mapping: Mapping) -> str:
    used = f"{mapping.arrays:,} arrays of {mapping.rows} × {mapping.cols}, {mapping.utilisation:.0%} of the cells used"
    return used if mapping.arrays > 1 else used.replace("arrays", "array")


def _amounts(mapping: Mapping) -> str:
    return (
        f"{mapping.weights:,} weights, {mapping.macs:,} MACs a pass, "
        f"{mapping.cycles_per_input:,.0f} cycles per input of {mapping.passes} passes"
    )


def _explained(mapping: Mapping) -> str:
    text = "Word lines from left to right, columns from top to bottom; filled cells hold weights. Orange needs longest"
    if any(layer.once for layer in mapping.layers):
        return f"{text} of the layers of every pass; once: for an input, not a pass."
    return f"{text}."


def _lines(layer: LayerMapping) -> int:
    return -(-layer.row_tiles // _WIDEST) * layer.col_tiles


def _draw_arrays(axis: Axes, mapping: Mapping, layer: LayerMapping, top: float, side: float) -> None:
    outlines, filled = [], []
    for row_tile in range(layer.row_tiles):
        line, place = divmod(row_tile, _WIDEST)
        width = min(mapping.rows, layer.inputs - row_tile * mapping.rows) / mapping.rows
        for col_tile in range(layer.col_tiles):
            height = min(mapping.cols, layer.outputs - col_tile * mapping.cols) / mapping.cols
            corner = (place * side, top + (line * layer.col_tiles + col_tile) * side)
            outlines.append(Rectangle(corner, _SHARE * side, _SHARE * side))
            filled.append(Rectangle(corner, _SHARE * side * width, _SHARE * side * height))
    axis.add_collection(PatchCollection(outlines, facecolor=_EMPTY, edgecolor=_EDGE, linewidth=0.5))
    axis.add_collection(PatchCollection(filled, color=_color(mapping, layer), linewidth=0.5))
    axis.text(
        -0.15,
        top + _LAYER / 2,
        f"{layer.kind} {layer.index}: {layer.inputs:,} → {layer.outputs:,}\n"
        f"{layer.row_tiles} × {layer.col_tiles} array{'s' if layer.arrays > 1 else ''}, {layer.utilisation:.0%} used",
        ha="right",
        va="center",
        fontsize="small",
        color=_TEXT,
        linespacing=1.35,
    )


def _draw_cycles(axis: Axes, mapping: Mapping, layer: LayerMapping, middle: float, most: int) -> None:
    axis.barh(middle, layer.cycles, height=0.16, color=_color(mapping, layer))
    once = ", once" if layer.once else ""
    axis.text(layer.cycles + most * 0.02, middle, f"{layer.cycles:,}{once}", va="center", fontsize="small", color=_TEXT)


def _color(mapping: Mapping, layer: LayerMapping) -> str:
    longest = mapping.layers[mapping.slowest_layer].cycles
    return _SLOWEST if not layer.once and layer.cycles == longest else _WEIGHTS
