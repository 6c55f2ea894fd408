"""Deliberate bugs, and which tests catch them."""
