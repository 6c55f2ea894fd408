"""Proofs of :mod:`hdl.streams`."""
