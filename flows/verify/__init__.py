"""Proofs, fuzzing, and the installed tools."""

__all__ = [
    "doctor",
    "fuzz",
    "prove",
]
