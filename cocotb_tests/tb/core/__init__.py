"""Testbenches of :mod:`hdl.core`."""
