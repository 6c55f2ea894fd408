"""Exported top: the core with AXI4 ports."""
