"""Figures of the paper."""

from collections.abc import Mapping

__all__ = ["PAPER"]

#: The paper's ratios of its own core against its own SRAM equivalent, from and to (arXiv 2411.07902) [abstract].
#: Nothing here is computed from it.
PAPER: Mapping[str, tuple[float, float]] = {"gops_per_watt": (2.2, 5.6), "gops_per_watt_mm2": (3.8, 9.6)}
