"""Bit-sliced counting: one lane a column."""
