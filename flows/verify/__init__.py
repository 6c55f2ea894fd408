"""Proofs, and the installed tools."""

__all__ = [
    "doctor",
    "prove",
]
