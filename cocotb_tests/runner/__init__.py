"""Simulators, and the running of testbenches."""
