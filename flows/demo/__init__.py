"""Whole flow as one command."""

__all__ = [
    "demo",
]
