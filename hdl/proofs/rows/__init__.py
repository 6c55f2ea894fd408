"""Proofs of :mod:`hdl.rows`."""
