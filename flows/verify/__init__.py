"""Proofs, fuzzing, and the installed tools."""

__all__ = [
    "campaign",
    "campaign_record",
    "doctor",
    "faults",
    "faults_record",
    "fuzz",
    "prove",
]
