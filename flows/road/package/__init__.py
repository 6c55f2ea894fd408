"""The generated core as a folder that can be used without bayescim."""

from .package import package

__all__ = ["package"]
