"""Testbenches of :mod:`hdl.inputs`."""
