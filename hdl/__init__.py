"""Amaranth generators of the core.

Everything that becomes hardware, without torch and the golden model.
"""
