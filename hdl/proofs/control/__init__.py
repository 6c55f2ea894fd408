"""Proofs of :mod:`hdl.control`."""
