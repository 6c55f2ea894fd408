"""Neurons: arithmetic from counts to activations."""

from .kinds import ARITHMETIC, arithmetic_of, real_neurons
from .mean import Mean, above_mean, fraction_bits, member_width
from .threshold import ThresholdFiring, fire

__all__ = [
    "ARITHMETIC",
    "Mean",
    "ThresholdFiring",
    "above_mean",
    "arithmetic_of",
    "fire",
    "fraction_bits",
    "member_width",
    "real_neurons",
]
