"""Generated core as a folder usable without bayescim."""

from .package import package

__all__ = [
    "package",
    "registers",
]
