"""Testbenches of :mod:`hdl.neurons`."""
