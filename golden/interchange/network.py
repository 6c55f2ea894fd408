"""Binary network from outside, folded into layers."""

import dataclasses
from fractions import Fraction

from hdl.contract import Integers

from .line import Line
from .quantizer import InputCoding

__all__ = ["Convolved", "ForeignLayer", "ForeignNetwork"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Convolved:
    """Geometry of a convolution."""

    kernel: int
    """Side of the window."""

    stride: int
    """Positions from one window to the next."""

    padding: int
    """Positions of the border of −1 on each side."""

    pool: int
    """Side of the square of activations of which the largest is kept."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ForeignLayer:
    """One layer: weights, and a line over the pre-activation z = Σ w s of inputs s as a core has them."""

    node: str
    """Name of the product in the network that it is from."""

    weights: Integers
    """Weight bits in the order of a core, shape (outputs, inputs): 1 for +1, 0 for −1."""

    lines: tuple[Line, ...]
    """y of each output, whose sign is the activation; logits in the last layer."""

    convolved: Convolved | None
    """Geometry; None in a layer that sees all of its input."""

    drop: Fraction | None = None
    """Probability of the dropout behind it, None where there is none."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ForeignNetwork:
    """Binary network of somebody else in the terms of a core, without any rounding."""

    coding: InputCoding
    """Way from real inputs to pixels."""

    layers: tuple[ForeignLayer, ...]
    """Layers, first to last."""

    ignored: tuple[str, ...] = ()
    """Parts of the network that have no place in a core, and change nothing in inference."""
