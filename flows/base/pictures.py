"""Pictures as files, all in one style."""

import io
from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure

__all__ = ["STYLE", "to_png", "to_svg"]

#: Style sheet of all pictures.
STYLE = Path(__file__).with_name("report.mplstyle")

_DPI = 160


def to_svg(figure: Figure) -> bytes:
    """Return ``figure`` as SVG without a date, so that it is reproducible."""
    with style.context(STYLE):
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()


def to_png(figure: Figure) -> bytes:
    """Return ``figure`` as PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI)
    return file.getvalue()
