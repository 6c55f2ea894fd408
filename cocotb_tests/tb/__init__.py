"""Testbenches, in rooms as those of the blocks."""
