"""Data set and training."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Index, PositiveInt, Section, Size

__all__ = ["DataConfig", "TrainingConfig"]


class DataConfig(Section):
    """Data set for training and evaluation."""

    set: Literal["digits", "fashion", "cifar10"] = "digits"
    """Name of the data set."""

    pool: PositiveInt = 1
    """Side of the square of pixels that is averaged into one before quantization."""


class TrainingConfig(Section):
    """Training of the network.

    Part neither of the hardware nor of the configuration's hash.
    """

    epochs: Annotated[int, Field(strict=True, ge=1, le=10**6)] = 60
    """Passes over the training set."""

    batch_size: Size = 64
    """Images per step."""

    learning_rate: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.01
    """Peak step size."""

    distortion: Annotated[float, Field(strict=True, ge=0, le=0.5)] = 0.0
    """Largest change of a coefficient of the affine map that each training image goes through, 0 for none."""

    mirror: Annotated[bool, Field(strict=True)] = False
    """Whether each training image is mirrored left to right with probability 1/2; needs `network.image`."""

    precision: Literal["float32", "bfloat16"] = "float32"
    """Type of the factors in training. Bipolar values and pixels are exact in both; sums in `bfloat16` are
    rounded, and are faster where the processor has it."""

    shift: Index = 0
    """Largest number of pixels by which each training image is moved in each direction; needs `network.image`."""

    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)] = 0
    """Seed of initial weights, order of images and masks."""
