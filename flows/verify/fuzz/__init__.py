"""Random command lines and damaged files.

Every one of them has to end soon, in one line, and without a file that is half written.
"""

__all__ = ["case", "command_lines", "damage", "fuzz", "kinds", "sandbox", "wholeness", "worker", "workers"]
