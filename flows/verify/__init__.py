"""Proofs, and the installed tools."""

__all__ = [
    "campaign",
    "doctor",
    "prove",
]
