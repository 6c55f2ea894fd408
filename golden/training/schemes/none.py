"""No randomness: the plain network."""

from .scheme import Scheme

__all__ = ["SCHEME"]

SCHEME = Scheme()
