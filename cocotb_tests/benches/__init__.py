"""Surroundings of a block in a testbench."""
