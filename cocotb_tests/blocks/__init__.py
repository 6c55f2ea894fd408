"""Blocks as simulations: components, geometries, testbenches."""

__all__ = [
    "block",
    "blocks",
    "case",
    "configurations",
    "geometries",
]
