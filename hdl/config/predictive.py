"""Predictive probabilities and measures: formats and widths."""

import dataclasses
import enum
import fractions
import math
from typing import Annotated

from pydantic import Field

from .section import Section

__all__ = ["Measure", "PredictiveConfig", "PredictiveFormat"]

#: A little more than 1/e, the largest value of -p ln p.
_LARGEST_SURPRISE = fractions.Fraction(36788, 100000)


class Measure(enum.Enum):
    """Measure that decides "don't know".

    The order is that of the codes in the register.
    """

    #: Entropy of the mean probabilities: all of the uncertainty.
    PREDICTIVE_ENTROPY = "predictive-entropy"

    #: Mean entropy of the passes: the data's share.
    EXPECTED_ENTROPY = "expected-entropy"

    #: Their difference: the model's share.
    MUTUAL_INFORMATION = "mutual-information"

    #: 1 - the largest mean probability.
    ERROR_PROBABILITY = "error-probability"

    @property
    def code(self) -> int:
        """Value in the register."""
        return list(Measure).index(self)


class PredictiveConfig(Section):
    """Softmax, entropies and "don't know" in hardware.

    Without the section the core has none of them.
    """

    probability_bits: Annotated[int, Field(strict=True, ge=4, le=16)] = 12
    """Bits b of a probability after the binary point; the table of -p ln p has 2^b entries."""

    entropy_bits: Annotated[int, Field(strict=True, ge=4, le=16)] = 12
    """Bits of an entropy, in nats, after the binary point."""

    difference_bits: Annotated[int, Field(strict=True, ge=0, le=8)] = 6
    """Most bits of a difference of logits after the binary point in the table of exponentials; finer ones are
    rounded."""

    measure: Measure = Measure.PREDICTIVE_ENTROPY
    """Measure that decides, after reset, whether an input is unknown."""

    threshold: Annotated[float, Field(strict=True, ge=0, le=16)] | None = None
    """Least value of the measure, after reset, of an input that is unknown, in nats or as a probability; without it
    no input is."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PredictiveFormat:
    """Widths from logits to measures.

    Made by :attr:`CoreConfig.measures`; docs/numerics.md#predictive-probabilities defines the values.
    """

    classes: int
    """Number of classes C."""

    logit_width: int
    """Bits of a signed logit."""

    fraction: int
    """Bits of a logit after the binary point."""

    probability_bits: int
    """Bits b of a probability after the binary point: 1 is 2^b."""

    entropy_bits: int
    """Bits of an entropy after the binary point."""

    difference_bits: int
    """Most bits of a difference after the binary point in the table."""

    @property
    def guard_bits(self) -> int:
        """Bits that exponentials and reciprocals have more than probabilities.

        Each of their errors is then a quarter of a probability's last bit at the most.
        """
        return (self.classes - 1).bit_length() + 1

    @property
    def dropped_bits(self) -> int:
        """Lowest bits of a difference that are rounded away before the table."""
        return max(self.fraction - self.difference_bits, 0)

    @property
    def step_bits(self) -> int:
        """Bits after the binary point of an index of the table of exponentials."""
        return self.fraction - self.dropped_bits

    @property
    def index_max(self) -> int:
        """Largest index that a difference of two logits gives."""
        return (2**self.logit_width - 1 + (1 << self.dropped_bits >> 1)) >> self.dropped_bits

    @property
    def exponential_bits(self) -> int:
        """Bits of an exponential after the binary point: that of the largest logit is 1."""
        return self.probability_bits + self.guard_bits

    @property
    def exponential_width(self) -> int:
        """Bits of an exponential."""
        return self.exponential_bits + 1

    @property
    def total_width(self) -> int:
        """Bits of the sum of the exponentials of a pass."""
        return (self.classes << self.exponential_bits).bit_length()

    @property
    def reciprocal_bits(self) -> int:
        """Exponent r of the reciprocal ⌊2^r / sum⌋."""
        return self.exponential_bits + self.probability_bits + self.guard_bits

    @property
    def reciprocal_width(self) -> int:
        """Bits of a reciprocal; a sum is at least 1."""
        return self.probability_bits + self.guard_bits + 1

    @property
    def probability_width(self) -> int:
        """Bits of a probability, 0 to 2^b."""
        return self.probability_bits + 1

    @property
    def surprise_max(self) -> int:
        """Largest entry of the table of -p ln p, or a little more."""
        return math.ceil(_LARGEST_SURPRISE * 2**self.entropy_bits)

    @property
    def entropy_max(self) -> int:
        """Upper bound of an entropy."""
        return self.classes * self.surprise_max

    @property
    def entropy_width(self) -> int:
        """Bits of an entropy."""
        return self.entropy_max.bit_length()

    @property
    def threshold_width(self) -> int:
        """Bits of a threshold: its largest value is more than any measure."""
        return (max(self.entropy_max, 2**self.probability_bits) + 1).bit_length()

    def threshold(self, measure: Measure, value: float | None) -> int:
        """Return the threshold for ``value``, in nats or a probability, rounded; for None the largest, which no
        measure reaches.
        """
        largest = 2**self.threshold_width - 1
        if value is None:
            return largest
        bits = self.probability_bits if measure is Measure.ERROR_PROBABILITY else self.entropy_bits
        return min(round(value * 2**bits), largest)
