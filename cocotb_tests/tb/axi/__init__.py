"""Testbenches of :mod:`hdl.axi`."""
