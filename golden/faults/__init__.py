"""Faults of stored integers and of arrays."""

from .faults import (
    FAULTS,
    AdditiveVariation,
    BitFlips,
    Fault,
    MultiplicativeVariation,
    PreActivationFault,
    UniformNoise,
    WeightFault,
    deviation,
)
from .faulty import FaultyModel
from .pass_branches import Branches, spread

__all__ = [
    "FAULTS",
    "AdditiveVariation",
    "BitFlips",
    "Branches",
    "Fault",
    "FaultyModel",
    "MultiplicativeVariation",
    "PreActivationFault",
    "UniformNoise",
    "WeightFault",
    "deviation",
    "spread",
]
