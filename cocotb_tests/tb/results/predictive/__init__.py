"""Testbenches of :mod:`hdl.results.predictive`."""
