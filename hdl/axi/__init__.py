"""The exported top: the core with AXI4 ports."""
