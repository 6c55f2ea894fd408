"""Checks, arguments of models, seeds, windows and exact types."""
