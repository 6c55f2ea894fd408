"""Flow from a configuration to a verified core.

One step per file.
"""
