"""Proofs, fuzzing, and the installed tools."""

__all__ = [
    "campaign",
    "doctor",
    "fuzz",
    "prove",
]
