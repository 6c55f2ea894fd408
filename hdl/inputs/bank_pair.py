"""Ping-pong banks."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["BankPair"]


class BankPair(wiring.Component):
    """State of two ping-pong banks.

    One is filled while the other is read. The writer and the reader visit them in turn, each as soon as the other has
    left: a bank may be read from the cycle after it was filled, and filled from the cycle after it was read.

    Members
    -------
    filled, emptied : :py:`In(1)`
        The bank that is written is full now, while ``writable``; that which is read is not needed any more, while
        ``readable``.
    write_bank, read_bank : :py:`Out(1)`
        The bank that is written, and that which is read.
    writable, readable : :py:`Out(1)`
        The one is not full; the other is.
    """

    def __init__(self):
        outputs = ("write_bank", "read_bank", "writable", "readable")
        super().__init__({"filled": In(1), "emptied": In(1), **dict.fromkeys(outputs, Out(1))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        full = Signal(2)
        m.d.comb += [
            self.writable.eq(~full.bit_select(self.write_bank, 1)),
            self.readable.eq(full.bit_select(self.read_bank, 1)),
        ]
        m.d.sync += [
            self.write_bank.eq(self.write_bank ^ self.filled),
            self.read_bank.eq(self.read_bank ^ self.emptied),
        ]
        for bank, is_full in enumerate(full):
            with m.If(self.filled & (self.write_bank == bank)):
                m.d.sync += is_full.eq(1)
            with m.Elif(self.emptied & (self.read_bank == bank)):
                m.d.sync += is_full.eq(0)
        return m
