"""Deliberate bugs in ``hdl/inputs``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="inputs")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "pixel_buffer",
        "a beat is dropped when both banks are full",
        "self.i.ready.eq(banks.writable)",
        "self.i.ready.eq(1)",
    ),
    _bug(
        "frame_buffer",
        "what is discarded stays",
        "m.If(self.discard | complete)",
        "m.If(complete)",
        configuration="residual",
    ),
    _bug(
        "frame_buffer",
        "an image is read once too often",
        "counter.passes.eq(self.passes)",
        "counter.passes.eq(self.passes + 1)",
        configuration="drawn_maps",
    ),
    _bug(
        "window_buffer",
        "the left border is the end of the row before",
        "older.eq(Mux(col == 0, 0, newer))",
        "older.eq(newer)",
        # Elsewhere that is the right border, which is as wide.
        layer=1,
        configuration="odd_maps",
    ),
    _bug(
        "line_driver",
        "the vector is taken with every read",
        "self.i.ready.eq(self.o.read & self.o.done)",
        "self.i.ready.eq(self.o.read)",
        layer=1,
    ),
    _bug(
        "flatten",
        "the last position comes first",
        "Cat(self.o.p.bits, self.i.p.bits)[self._source.channels :]",
        "Cat(self.i.p.bits, self.o.p.bits)",
        configuration="residual",
    ),
    _bug(
        "bank_pair",
        "the second input takes the place of the first",
        "self.write_bank.eq(self.write_bank ^ self.filled)",
        "self.write_bank.eq(0)",
    ),
)
