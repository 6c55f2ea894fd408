"""Layers on arrays, clock cycles and storage."""
