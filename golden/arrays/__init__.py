"""Counts of the arrays: fixed, drawn, noisy and of macros."""
