"""The Verilated core without a testbench around it: whole data sets through the RTL."""

from .build import build_library
from .core import NativeCore
from .simulation import Simulation, simulate

__all__ = ["NativeCore", "Simulation", "build_library", "simulate"]
