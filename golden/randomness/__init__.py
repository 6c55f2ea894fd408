"""Quality of random bits, limits of self-tests."""

from . import mask_sources
from .bit_tests import BitTest, bit_tests
from .column_correlation import column_correlation
from .self_test_limits import FALSE_ALARM, core_limits, limits, run_rate, window_rate

__all__ = [
    "FALSE_ALARM",
    "BitTest",
    "bit_tests",
    "column_correlation",
    "core_limits",
    "limits",
    "mask_sources",
    "run_rate",
    "window_rate",
]
