"""Proofs of :mod:`hdl.lanes`."""
