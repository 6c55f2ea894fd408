"""Compute-in-memory arrays and their controller."""

from .accumulator import Accumulator
from .array import Array
from .crossbar import Crossbar
from .weight_draws import WeightDraws
from .weight_sampler import WeightSampler

__all__ = [
    "Accumulator",
    "Array",
    "Crossbar",
    "WeightDraws",
    "WeightSampler",
]
