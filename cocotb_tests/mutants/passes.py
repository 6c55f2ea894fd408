"""Deliberate bugs in ``hdl/passes``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="passes")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "repeater",
        "the mask is late by a pass",
        "                self.o.p.tag.mask.eq(self.mask.payload),\n"
        "                self.mask.ready.eq(self.i.valid & self.o.ready),\n"
        "            ]\n",
        "                self.mask.ready.eq(self.i.valid & self.o.ready),\n"
        "            ]\n"
        "            late = Signal.like(self.mask.payload)\n"
        "            m.d.comb += self.o.p.tag.mask.eq(late)\n"
        "            with m.If(self.mask.valid & self.mask.ready):\n"
        "                m.d.sync += late.eq(self.mask.payload)\n",
    ),
    _bug(
        "frame_repeater",
        "counts are overwritten before the last pass",
        "~ahead | (last & (write < read))",
        "~ahead | (write < read)",
        configuration="residual",
    ),
    _bug(
        "mask_sequencer",
        "the bits of the last layer are the highest of the place",
        "for layer in reversed(layers)",
        "for layer in layers",
        configuration="prefix",
    ),
    _bug(
        "mask_sequencer",
        "a bit that is kept weighs as one that is dropped",
        "Mux(kept, (1 << config.random.draw_bits) - code, code)",
        "Mux(kept, code, (1 << config.random.draw_bits) - code)",
        configuration="prefix",
    ),
    _bug(
        "prefix_repeater",
        "counts are taken with the first of their beats",
        "self.i.ready.eq(move & final)",
        "self.i.ready.eq(move)",
        layer=1,
        configuration="prefix",
    ),
    _bug(
        "prefix_repeater",
        "the masks below are always those of the first value",
        "tag.present.eq(present.word_select(child, below))",
        "tag.present.eq(present.word_select(0, below))",
        layer=1,
        configuration="prefix",
    ),
    _bug(
        "vector_repeater",
        "every read is of the first group",
        "self.i.group.eq(self.o.group)",
        "self.i.group.eq(0)",
        configuration="drawn",
    ),
    _bug(
        "pass_counter",
        "the last pass is told a pass late",
        "number + 1 == self.passes",
        "number == self.passes",
    ),
)
