"""Macros outside the core: access, programming, references, counts."""
