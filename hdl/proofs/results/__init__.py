"""Proofs of :mod:`hdl.results`."""
