"""Commands from a configuration to a report.

Thin, resumable steps; arithmetic is in golden.
"""
