"""Testbenches of :mod:`hdl.rows`."""
