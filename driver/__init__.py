"""Driver for simulated and memory-mapped cores.

Needs neither torch nor Amaranth.
"""

from .dma import DmaTransport
from .driver import Driver
from .errors import DriverError
from .inference import Inference
from .mapped import MappedRegisters
from .predictive import Predictive
from .self_test import SelfTestReport
from .status import Status
from .transport import Registers, Transport

__all__ = [
    "DmaTransport",
    "Driver",
    "DriverError",
    "Inference",
    "MappedRegisters",
    "Predictive",
    "Registers",
    "SelfTestReport",
    "Status",
    "Transport",
]
