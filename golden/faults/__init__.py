"""Faults of stored integers and of arrays."""
