"""Simulators, and the running of testbenches."""

__all__ = [
    "compiler",
    "plain_paths",
    "programs",
    "regress",
    "runner",
    "runtime_cache",
    "simulators",
]
