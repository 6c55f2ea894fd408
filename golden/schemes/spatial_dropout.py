"""Spatial dropout: one random bit per channel and pass."""

from ..activation_dropout import ActivationDropout

__all__ = ["SCHEME"]

SCHEME = ActivationDropout()
