"""Whole flow as one command."""
