"""Testbenches of :mod:`hdl.stochastic`."""
