"""Stochastic units of one layer."""

import dataclasses

__all__ = ["LocalUnits"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocalUnits:
    """Stochastic units of the channels of one layer.

    Unit u draws for channels u, u + units and so on.

    A *drawing* is one draw for each channel. All units draw together, also where the last step has fewer channels than
    there are units.
    """

    channels: int
    """Channels of the layer."""

    units: int
    """Units, at most one for each channel."""

    drawings: int
    """Drawings in a pass: 1, or one for each position of a convolution."""

    @property
    def steps(self) -> int:
        """Draws of each unit in a drawing."""
        return -(-self.channels // self.units)

    @property
    def draws(self) -> int:
        """Draws of each unit in a pass."""
        return self.drawings * self.steps
