"""Claims of the papers beside our evidence."""

from .page import CLAIMS

__all__ = ["CLAIMS"]
