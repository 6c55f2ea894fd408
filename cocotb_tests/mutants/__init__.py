"""Deliberate bugs, and which tests catch them."""

__all__ = [
    "mutation",
]
