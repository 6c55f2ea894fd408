"""Proofs of :mod:`hdl.crossbar.macro`."""
