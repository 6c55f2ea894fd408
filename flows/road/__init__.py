"""Flow from a configuration to a verified core.

One step per file.
"""

__all__ = [
    "core_record",
    "equivalence",
    "generate",
    "logits_file",
    "lower",
    "macro_cells",
    "network_files",
    "regress",
    "regression_record",
    "simulate",
    "simulation_record",
    "train",
    "training_record",
]
