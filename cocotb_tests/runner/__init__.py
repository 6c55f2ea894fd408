"""Simulators, and the running of testbenches."""

__all__ = [
    "regress",
    "runner",
    "simulators",
]
