"""Compute-in-memory arrays and their controller."""
