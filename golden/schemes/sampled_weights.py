"""Sampled weights in software: plain neurons behind weights that are drawn."""

from .scheme import Scheme

__all__ = ["SCHEME"]

SCHEME = Scheme()
