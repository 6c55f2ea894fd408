"""Testbenches of the exported Verilog.

Agents, scoreboards, tables of blocks, and a module ``tb_<block>`` for each.
"""
