"""Proofs of the ping-pong banks."""

from collections.abc import Iterator

from amaranth import Const, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...inputs import BankPair
from ..bench import Bench
from ..claims import implies
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

_BANKS = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.inputs.BankPair`."""
    yield Proof(
        block="bank_pair",
        name="turns",
        claim="banks are filled and emptied in turn; a bank is writable unless both are full, and readable unless both "
        "are empty",
        sizes="2 banks",
        method=Method.INDUCTION,
        bench=lambda: Bench(BankPair(), _turns),
    )


def _turns(m: Module, dut: BankPair, internals: Internals) -> None:
    stored = Signal(range(_BANKS + 1))
    write_bank, read_bank = Signal(), Signal()
    m.d.sync += [
        stored.eq(stored + dut.filled - dut.emptied),
        write_bank.eq(write_bank ^ dut.filled),
        read_bank.eq(read_bank ^ dut.emptied),
    ]
    m.d.comb += [
        Assume(implies(dut.filled, stored != _BANKS)),
        Assume(implies(dut.emptied, stored != 0)),
        Assert(dut.writable == (stored != _BANKS)),
        Assert(dut.readable == (stored != 0)),
        Assert(dut.write_bank == write_bank),
        Assert(dut.read_bank == read_bank),
        Cover(dut.filled & dut.emptied & read_bank),
        Cover(stored == _BANKS),
        # Inductive invariants.
        Assert(stored <= _BANKS),
        Assert(write_bank == read_bank ^ stored[0]),
        Assert(
            internals.signal("full") == Mux(stored == 0, 0, Mux(stored == _BANKS, 2**_BANKS - 1, Const(1) << read_bank))
        ),
    ]
