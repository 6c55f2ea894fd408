"""Beats of register accesses."""

from amaranth.lib import data

from ..contract import ADDRESS_WIDTH, WORD_WIDTH

__all__ = ["BusReply", "BusRequest"]


class BusRequest(data.StructLayout):
    """Access to a register.

    Members
    -------
    address : :py:`unsigned(12)`
        Byte address; the lowest two bits are ignored.
    write : :py:`unsigned(1)`
        Write ``data``; otherwise read.
    data : :py:`unsigned(32)`
        Value to write.
    strobe : :py:`unsigned(4)`
        Bytes of ``data`` to write. The others keep their value.
    """

    def __init__(self):
        super().__init__({"address": ADDRESS_WIDTH, "write": 1, "data": WORD_WIDTH, "strobe": WORD_WIDTH // 8})


class BusReply(data.StructLayout):
    """Answer to one :class:`BusRequest`.

    Members
    -------
    data : :py:`unsigned(32)`
        Value read, 0 for a write.
    error : :py:`unsigned(1)`
        The access was refused and changed nothing but the error flag.
    """

    def __init__(self):
        super().__init__({"data": WORD_WIDTH, "error": 1})
