"""Data sets, out-of-distribution sets and synthetic networks."""
