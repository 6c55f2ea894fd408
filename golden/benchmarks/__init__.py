"""Speed of the golden model."""

from .benchmark import Range, measure
from .noise_benchmark import measure_noise

__all__ = [
    "Range",
    "measure",
    "measure_noise",
]
