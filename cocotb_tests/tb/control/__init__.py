"""Testbenches of :mod:`hdl.control`."""
