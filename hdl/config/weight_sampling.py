"""Sampling of weights."""

import dataclasses
from typing import Literal

__all__ = ["Sampling", "WeightSampling"]

#: When weights are drawn anew: in each read, or in each pass.
Sampling = Literal["read", "pass"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class WeightSampling:
    """Sampling of one layer's weights.

    Weights are drawn from their probability codes. Each line of a read has, in each row tile, `generators` registers;
    that number g of them serves the outputs g, g + `generators` and so on, in all column tiles. A read takes one draw
    of each of them.
    """

    bits: int
    """Bits k of a probability code, and of a draw."""

    drawn_per: Sampling
    """Whether each read draws anew, or a pass draws once and all its planes and windows use the same weights."""

    generators: int
    """Registers G side by side for each line, at most one for each output."""

    @property
    def certain(self) -> int:
        """Code whose weight is always +1; otherwise P(+1) is code / 2^k."""
        return 2**self.bits - 1
