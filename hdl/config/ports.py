"""The ports."""

from .section import PositiveInt, Section

__all__ = ["PortConfig"]


class PortConfig(Section):
    """Ports of the exported core."""

    pixels_per_beat: PositiveInt = 1
    """Pixels in one beat of the input stream; divides the first layer's word lines driven at a time, or the channels
    of an image."""
