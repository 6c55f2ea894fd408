"""Flow from a configuration to a verified core.

One step per file.
"""

__all__ = [
    "batch",
    "equivalence",
    "generate",
    "lower",
    "macro_cells",
    "network_files",
    "regress",
    "simulate",
    "stimulus",
    "train",
]
