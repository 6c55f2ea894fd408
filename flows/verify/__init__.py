"""Proofs, and the tools that are installed."""
