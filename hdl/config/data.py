"""The data set."""

from typing import Literal

from .section import PositiveInt, Section

__all__ = ["DataConfig"]


class DataConfig(Section):
    """Data set for training and evaluation."""

    set: Literal["digits", "fashion", "cifar10"] = "digits"
    """Name of the data set."""

    pool: PositiveInt = 1
    """Side of the square of pixels that is averaged into one before quantization."""
