"""Testbenches of :mod:`hdl.crossbar.macro`."""
