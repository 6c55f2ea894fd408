"""Verilated core without a testbench.

For whole data sets through the RTL.
"""

from .build import build_library
from .core import NativeCore
from .simulation import Simulation, simulate
from .transport import NativeTransport

__all__ = [
    "NativeCore",
    "NativeTransport",
    "Simulation",
    "build",
    "build_library",
    "simulate",
    "simulation",
]
