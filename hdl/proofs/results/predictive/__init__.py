"""Proofs of :mod:`hdl.results.predictive`."""
