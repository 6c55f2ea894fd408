"""Synthesis, placement and netlists."""
