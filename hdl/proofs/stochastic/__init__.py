"""Proofs of :mod:`hdl.stochastic`."""
