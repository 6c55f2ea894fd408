"""Simulators, and the running of testbenches."""

__all__ = [
    "plain_paths",
    "programs",
    "regress",
    "runner",
    "runtime_cache",
    "simulators",
]
