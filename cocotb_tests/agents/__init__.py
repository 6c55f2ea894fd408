"""Drivers, monitors and scoreboards."""

__all__ = [
    "agents",
    "axi_transport",
    "beats",
    "clocking",
    "column_beats",
    "early_scoreboard",
    "entropy",
    "lanes",
    "macro_agent",
    "parameters",
    "port_monitor",
    "register_port",
    "row_port",
    "scoreboard",
    "stalls",
    "tags",
    "testcase",
    "word_lines",
]
