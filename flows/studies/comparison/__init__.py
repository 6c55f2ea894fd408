"""Comparison of the PCM core with its SRAM equivalent.

A model of the area, energy and time of both.
"""
