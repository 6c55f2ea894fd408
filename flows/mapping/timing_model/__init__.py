"""Exact clock cycles from a configuration.

Each block is a small class that computes the cycles in which tokens are taken and given; no data flows. The tests
compare the total with simulations of the core, cycle by cycle.
"""

from .core import CycleCount, cycles_of_further_input, predict
from .crossbar import vector_pair_cycles
from .stages import stage_cycles

__all__ = ["CycleCount", "cycles_of_further_input", "predict", "stage_cycles", "vector_pair_cycles"]
