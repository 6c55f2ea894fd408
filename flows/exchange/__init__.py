"""Graphs of other tools."""

__all__ = ["configuration_file", "constants", "graph", "operators"]
