"""Registers, commands and counters of the core."""

from .bus import BusReply, BusRequest
from .control import Control
from .in_flight import InFlight

__all__ = [
    "BusReply",
    "BusRequest",
    "Control",
    "InFlight",
]
