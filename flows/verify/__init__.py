"""Proofs, and the installed tools."""
