"""Synthesis, placement and netlists."""

__all__ = [
    "area",
    "gates",
    "netlist",
    "netlist_tables",
    "nextpnr",
    "parts",
    "place",
    "placement_tables",
    "synth",
    "synthesis",
    "synthesis_record",
    "targets",
    "verilog_modules",
    "yosys_script",
]
