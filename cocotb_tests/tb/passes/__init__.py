"""Testbenches of :mod:`hdl.passes`."""
