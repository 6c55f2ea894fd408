"""Registers, commands and counters of the core."""
