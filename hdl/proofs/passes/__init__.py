"""Proofs of :mod:`hdl.passes`."""
