"""Bit-parallel engine: instances of a netlist as the bits of words.

One step per file: from Verilog to a netlist, from a netlist to instructions, and the kernel that performs them.
"""

__all__ = ["build", "codes", "forces", "fusion", "machine", "mutation", "netlist", "program", "proof", "simplification"]
