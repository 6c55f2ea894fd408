"""Benchmarks of the flow."""
