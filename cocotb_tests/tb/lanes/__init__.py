"""Testbenches of :mod:`hdl.lanes`."""
