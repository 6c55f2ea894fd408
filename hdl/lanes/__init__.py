"""Bit-sliced counting, one lane per column."""
