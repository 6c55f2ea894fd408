"""Deliberate bugs, and the tests that catch them."""

__all__ = [
    "mutation",
]
