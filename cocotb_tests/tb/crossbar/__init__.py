"""Testbenches of :mod:`hdl.crossbar`."""
