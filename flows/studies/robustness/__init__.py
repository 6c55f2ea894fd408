"""Study of robustness to faults."""
