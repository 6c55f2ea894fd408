"""Quantizer at the input of a network from outside."""

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

__all__ = ["BipolarQuantizer", "Floats", "InputCoding", "IntegerQuantizer", "Quantizer", "Step"]

Floats = npt.NDArray[np.float32]

#: Most bits of a pixel.
_MOST_BITS = 8

#: Rounding of an integer quantizer, by the name that QONNX has for it.
_ROUNDING: dict[str, Callable[[Floats], Floats]] = {
    "ROUND": np.round,
    "HALF_EVEN": np.round,
    "CEIL": np.ceil,
    "FLOOR": np.floor,
}


class Quantizer(Protocol):
    """Map from real numbers to pixels v, which stand for step · v + lowest."""

    @property
    def bits(self) -> int:
        """Bit planes B of a pixel."""

    @property
    def step(self) -> Fraction:
        """Difference of the values of two pixels one apart."""

    @property
    def lowest(self) -> Fraction:
        """Value of pixel 0."""

    def pixels(self, x: Floats) -> npt.NDArray[np.uint8]:
        """Return the pixels of ``x``, of the same shape."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class BipolarQuantizer:
    """Sign of the input: pixel 1 where x ≥ 0, which stands for +scale, and 0 for −scale."""

    scale: Fraction
    """Value of pixel 1."""

    @property
    def bits(self) -> int:
        """One bit plane."""
        return 1

    @property
    def step(self) -> Fraction:
        """Twice the scale."""
        return 2 * self.scale

    @property
    def lowest(self) -> Fraction:
        """Minus the scale."""
        return -self.scale

    def pixels(self, x: Floats) -> npt.NDArray[np.uint8]:
        """Return 1 where ``x`` ≥ 0, else 0."""
        return (x >= 0).astype(np.uint8)


@dataclasses.dataclass(frozen=True, kw_only=True)
class IntegerQuantizer:
    """Rounding to integers: k = round(clip(x / scale + zero)) stands for (k − zero) · scale, and is pixel k − k_min.

    Raises
    ------
    InputError
        It has too many bits, or a number that cannot be used.
    """

    scale: np.float32
    """Step between two values, greater than 0."""

    zero: int = 0
    """Integer that stands for 0."""

    bits: int
    """Bit planes, 1 to 8; 2 to 8 with a sign."""

    signed: bool
    """Whether there are integers below 0."""

    narrow: bool = False
    """Whether the most negative integer, or the largest one without a sign, is left out."""

    rounding: str = "ROUND"
    """Name of the rounding."""

    def __post_init__(self) -> None:
        least = 1 + self.signed
        if not least <= self.bits <= _MOST_BITS:
            raise InputError(f"bits of an input must be between {least} and {_MOST_BITS}, not {self.bits}")
        if not 0 < self.scale < np.inf:
            raise InputError(f"scale of an input must be greater than 0, not {float(self.scale)!r}")
        if self.rounding.upper() not in _ROUNDING:
            raise InputError(f"rounding of an input must be one of {', '.join(_ROUNDING)}, not {self.rounding!r}")

    @property
    def range(self) -> tuple[int, int]:
        """Smallest and largest integer."""
        if self.signed:
            return -(2 ** (self.bits - 1)) + self.narrow, 2 ** (self.bits - 1) - 1
        return 0, 2**self.bits - 1 - self.narrow

    @property
    def step(self) -> Fraction:
        """The scale."""
        return Fraction(float(self.scale))

    @property
    def lowest(self) -> Fraction:
        """Value of the smallest integer."""
        return (self.range[0] - self.zero) * self.step

    def pixels(self, x: Floats) -> npt.NDArray[np.uint8]:
        """Return the pixels of ``x``, computed in single precision as QONNX does."""
        smallest, largest = self.range
        scaled = np.clip(x / self.scale + np.float32(self.zero), smallest, largest)
        return (_ROUNDING[self.rounding.upper()](scaled) - smallest).astype(np.uint8)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """Arithmetic on a real input, in single precision."""

    operation: np.ufunc
    """Addition, multiplication or division."""

    values: Floats
    """Its second operand for each number of an input in the order of a core."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class InputCoding:
    """Way from a network's real input to the pixels of a core."""

    shape: tuple[int, ...]
    """Shape of one real input, (channels, height, width) or (inputs,)."""

    steps: tuple[Step, ...]
    """Arithmetic before the quantizer."""

    quantizer: Quantizer
    """Quantizer."""

    @property
    def image(self) -> tuple[int, int, int] | None:
        """Height, width and channels, where the input has them."""
        return (self.shape[1], self.shape[2], self.shape[0]) if len(self.shape) > 1 else None

    def pixels(self, x: Floats) -> npt.NDArray[np.uint8]:
        """Return the pixels of real inputs ``x``, shape (images, inputs), in the order of a core.

        ``x`` has the shape of the network's input, the batch first.
        """
        ordered = x.transpose(0, 2, 3, 1) if self.image is not None else x
        values = ordered.reshape(len(x), -1).astype(np.float32)
        for step in self.steps:
            values = step.operation(values, step.values)
        return self.quantizer.pixels(values)

    def of_bytes(self) -> npt.NDArray[np.uint8]:
        """Return the pixels of the inputs u / 255 for u = 0 … 255, shape (256, inputs)."""
        shape = (256, *(1 for _ in self.shape))
        return self.pixels(np.broadcast_to((np.arange(256, dtype=np.float32) / 255).reshape(shape), (256, *self.shape)))
