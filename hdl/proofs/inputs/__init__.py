"""Proofs of :mod:`hdl.inputs`."""
