"""Blocks as simulations: components, geometries, testbenches."""
