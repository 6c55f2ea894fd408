"""Checks, arguments of models, seeds, windows and exact types."""

from .arguments import check_batches, check_passes, check_pixels
from .checks import check_integer, check_integers
from .exact_types import exact_dtype
from .pre_activation import pre_activation_unit
from .seeds import seed_of
from .windows import largest, windows

__all__ = [
    "check_batches",
    "check_integer",
    "check_integers",
    "check_passes",
    "check_pixels",
    "exact_dtype",
    "largest",
    "pre_activation_unit",
    "seed_of",
    "windows",
]
