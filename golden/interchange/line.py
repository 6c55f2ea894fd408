"""Lines over pre-activations and activations."""

import dataclasses
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Self

import numpy as np

from hdl.config import Layer
from hdl.contract import Integers

from .surd import Surd

__all__ = ["Line", "thresholds_of"]


@dataclasses.dataclass(frozen=True)
class Line:
    """Line y = slope · x + offset of exact numbers."""

    slope: Surd
    """Factor of x."""

    offset: Surd
    """Value at 0."""

    @classmethod
    def of(cls, slope: Fraction, offset: Fraction = Fraction(0)) -> Self:
        """Return the line of two rational numbers."""
        return cls(Surd(slope), Surd(offset))

    @property
    def rational(self) -> bool:
        """Whether there is no root in it."""
        return self.slope.rational and self.offset.rational

    def times(self, factor: Fraction) -> Self:
        """Return the line of ``factor`` · y."""
        return type(self)(self.slope.times(factor), self.offset.times(factor))

    def plus(self, term: Fraction) -> Self:
        """Return the line of y + ``term``."""
        return type(self)(self.slope, self.offset.plus(term))

    def normalized(self, gamma: Fraction, beta: Fraction, mean: Fraction, variance: Fraction) -> Self:
        """Return the line of γ (y − mean) / √variance + β.

        Raises
        ------
        ValueError
            There is a root in it already, or the variance is not positive.
        """
        if not self.rational:
            raise ValueError("a batch norm must not follow another one without a sign between them")
        if variance <= 0:
            raise ValueError(f"variance and epsilon must be greater than 0 together, not {float(variance)!r}")
        # 1 / √v = √v / v.
        factor = gamma / variance
        slope = Surd(Fraction(0), factor * self.slope.a, variance)
        return type(self)(slope, Surd(beta, factor * (self.offset.a - mean), variance))

    def at(self, x: int) -> float:
        """Return y for ``x``, in floating point."""
        return float(self.slope) * x + float(self.offset)


def thresholds_of(layer: Layer, lines: Sequence[Line]) -> dict[str, Integers]:
    """Return `thresholds`, shape (outputs, 1), and `flips` of the neurons of ``layer`` that fire where y ≥ 0.

    ``lines`` are those of y over z, one for each output. With κ = −offset / slope the neuron fires where

    - z ≥ κ with a positive slope: θ = ⌈(κ + P_max) / 2⌉;
    - z ≤ κ with a negative one: not P ≥ ⌊(κ + P_max) / 2⌋ + 1, so `flip` is set;
    - always or never with slope 0: θ is 0 where offset ≥ 0, else P_max + 1,

    and θ is clipped to 0 … P_max + 1, which changes no neuron. Nothing is rounded on the way.
    """
    found = [_threshold(line, layer) for line in lines]
    return {
        "thresholds": np.array([[min(max(threshold, 0), layer.threshold_max)] for threshold, _ in found]),
        "flips": np.array([flip for _, flip in found]),
    }


def _threshold(line: Line, layer: Layer) -> tuple[int, int]:
    if line.slope.sign == 0:
        return (0 if line.offset.sign >= 0 else layer.threshold_max), 0
    middle = (-line.offset).over(line.slope).plus(Fraction(layer.count_max)).times(Fraction(1, 2))
    return (math.ceil(middle), 0) if line.slope.sign > 0 else (math.floor(middle) + 1, 1)
