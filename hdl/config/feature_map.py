"""Feature maps, and windows that slide over them."""

import dataclasses

__all__ = ["FeatureMap", "Window"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class FeatureMap:
    """Values at the positions of an image.

    They travel row by row from the top left, all channels at once.

    Value (y, x, c) of a map that is taken as one vector is number ``(y · width + x) · channels + c``.
    """

    height: int
    """Rows H."""

    width: int
    """Columns W."""

    channels: int
    """Values at each position, C."""

    bits: int = 1
    """Bit planes of each value: more than 1 only in an image."""

    @property
    def positions(self) -> int:
        """Number of positions, H W."""
        return self.height * self.width

    @property
    def size(self) -> int:
        """Number of values, H W C."""
        return self.positions * self.channels

    def __str__(self) -> str:
        return f"{self.height} × {self.width} × {self.channels}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Window:
    """Square window sliding over a padded feature map.

    Window (y, x) covers the positions from (y · stride − padding, x · stride − padding) on. Input
    ``(i · kernel + j) · channels + c`` of its vector is channel c of the position in row i and column j of the
    window. The border is 0 in all bit planes: −1, or the darkest pixel.
    """

    source: FeatureMap
    """Map that it slides over."""

    kernel: int
    """Side K, odd."""

    stride: int
    """Positions from one window to the next, in both directions."""

    padding: int
    """Positions of the border on each side."""

    @property
    def inputs(self) -> int:
        """Values in a window, K² C."""
        return self.kernel**2 * self.source.channels

    @property
    def height(self) -> int:
        """Rows of windows."""
        return (self.source.height + 2 * self.padding - self.kernel) // self.stride + 1

    @property
    def width(self) -> int:
        """Windows in a row."""
        return (self.source.width + 2 * self.padding - self.kernel) // self.stride + 1

    @property
    def positions(self) -> int:
        """Windows of one map."""
        return self.height * self.width

    @property
    def lead(self) -> int:
        """Positions of the map that are needed beyond window n, counted as position n, at stride 1."""
        reach = self.kernel - 1 - self.padding
        return reach * (self.source.width + 1)
