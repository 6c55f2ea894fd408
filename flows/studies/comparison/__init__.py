"""Comparison of PCM core and SRAM equivalent.

A model of the area, energy and time of both.
"""

__all__ = ["paper", "record"]
