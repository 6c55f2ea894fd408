"""Testbenches over the exported Verilog: agents, scoreboard, one ``tb_`` and one ``test_`` per block."""
