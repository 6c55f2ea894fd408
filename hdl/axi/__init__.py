"""Exported top: the core with AXI4 ports."""

from .axi import Response, stream_width
from .axi_core import AxiCore
from .axi_lite import AxiLiteBridge
from .packet_input import PacketInput
from .packet_output import PacketOutput

__all__ = [
    "AxiCore",
    "AxiLiteBridge",
    "PacketInput",
    "PacketOutput",
    "Response",
    "stream_width",
]
