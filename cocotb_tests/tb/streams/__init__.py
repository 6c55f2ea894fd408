"""Testbenches of :mod:`hdl.streams`."""
