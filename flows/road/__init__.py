"""Flow from a configuration to a verified core.

One step per file.
"""

__all__ = [
    "batch",
    "core_record",
    "equivalence",
    "faulty",
    "generate",
    "import_network",
    "import_record",
    "logits_file",
    "lower",
    "macro_cells",
    "network_files",
    "regress",
    "regression_record",
    "simulate",
    "simulation_record",
    "stimulus",
    "train",
    "training_record",
]
