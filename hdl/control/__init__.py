"""Registers, commands and counters of the core."""

from .bus import BusReply, BusRequest
from .control import Control

__all__ = [
    "BusReply",
    "BusRequest",
    "Control",
]
