"""Effect of one way to draw weights."""

import dataclasses

from ..effect import Effect

__all__ = ["Sharing"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sharing:
    """One way to draw the weights, with its effect."""

    sampling: str
    """Whether each read draws anew, or each pass."""

    generators: int | None
    """Draws side by side for each word line; None for independent ones, which no core has."""

    registers: int | None
    """Shift registers of the whole core."""

    correlations: tuple[float, ...]
    """Of each layer, as :func:`golden.randomness.column_correlation` has them."""

    effect: Effect
    """Accuracy, calibration and detection."""
