"""Proofs of :mod:`hdl.axi`."""
