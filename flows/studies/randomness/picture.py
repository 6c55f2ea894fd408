"""Picture of the effect of poor randomness."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import style
from matplotlib.figure import Figure

from ...base.pictures import STYLE

__all__ = ["draw_effects"]

_POINT, _REFERENCE = "#2b6cb0", "#dd6b20"

#: Inches: width, height of a source, and of the space above and below.
_WIDTH, _SOURCE, _MARGIN = 11.0, 0.27, 0.9

#: Title and member of each column.
_COLUMNS = (
    ("accuracy", "accuracy"),
    ("NLL, nats", "nll"),
    ("ECE", "ece"),
    ("AUROC, rotated", "auroc_rotated"),
    ("AUROC, noise", "auroc_noise"),
)


def draw_effects(effects: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw mean ± standard deviation of each figure by source; a line shows the first source."""
    columns = [(title, member) for title, member in _COLUMNS if effects[0][member] is not None]
    places = range(len(effects))
    with style.context(STYLE):
        figure = Figure(figsize=(_WIDTH, _MARGIN + _SOURCE * len(effects)), layout="constrained")
        panels = figure.subplots(1, len(columns), sharey=True)
        for panel, (title, member) in zip(panels, columns, strict=True):
            spreads = [each[member] for each in effects]
            panel.axvline(spreads[0]["mean"], color=_REFERENCE, linewidth=1)
            panel.errorbar(
                [each["mean"] for each in spreads],
                places,
                xerr=[each["deviation"] or 0.0 for each in spreads],
                fmt="o",
                markersize=4,
                color=_POINT,
            )
            panel.set_title(title, loc="left")
            panel.tick_params(axis="x", labelsize="small")
        panels[0].set_yticks(places, [each["source"] for each in effects])
        panels[0].invert_yaxis()
        return figure
