"""Testbenches of :mod:`hdl.results`."""
