"""Proofs of :mod:`hdl.neurons`."""
