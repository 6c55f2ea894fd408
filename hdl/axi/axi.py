"""AXI interfaces of the exported core.

Directions are those of a manager or transmitter.
"""

import enum

from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..contract import ADDRESS_WIDTH, WORD_WIDTH

__all__ = ["AxiLite", "AxiStream", "Response", "stream_width"]

_BYTE = 8


class Response(enum.IntEnum):
    """Answers on AXI."""

    #: Success.
    OKAY = 0

    #: The register refused the access.
    SLVERR = 2


def stream_width(payload: int) -> int:
    """Return the width of ``TDATA`` for a payload: a power of two of bytes, which every DMA engine supports."""
    octets = max(1, -(-payload // _BYTE))
    return _BYTE << (octets - 1).bit_length()


class AxiStream(wiring.Signature):
    """AXI4-Stream with packets.

    Parameters
    ----------
    width : :class:`int`
        Bits of ``tdata``, whole bytes.
    """

    def __init__(self, width: int):
        super().__init__({"tdata": Out(width), "tlast": Out(1), "tvalid": Out(1), "tready": In(1)})


class AxiLite(wiring.Signature):
    """AXI4-Lite with the widths of the registers."""

    def __init__(self):
        address = {"addr": Out(ADDRESS_WIDTH), "prot": Out(3), "valid": Out(1), "ready": In(1)}
        members = {f"{channel}{name}": flow for channel in ("aw", "ar") for name, flow in address.items()}
        super().__init__(
            {
                **members,
                "wdata": Out(WORD_WIDTH),
                "wstrb": Out(WORD_WIDTH // _BYTE),
                "wvalid": Out(1),
                "wready": In(1),
                "bresp": In(2),
                "bvalid": In(1),
                "bready": Out(1),
                "rdata": In(WORD_WIDTH),
                "rresp": In(2),
                "rvalid": In(1),
                "rready": Out(1),
            }
        )
