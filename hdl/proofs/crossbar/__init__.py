"""Proofs of :mod:`hdl.crossbar`."""
