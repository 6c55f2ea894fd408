"""Proofs of the search for references."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ....config import CoreConfig
from ....config.geometries import variant
from ....crossbar.macro import ReferenceSearch
from ...bench import Bench
from ...claims import implies, past
from ...internals import Internals
from ...proof import Method, Proof

__all__ = ["proofs"]

#: Bits of a code, reads of a group, groups, and cycles from a read to its counts.
_BITS, _READS, _GROUPS, _LATENCY = 2, 2, 2, 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.macro.ReferenceSearch`."""
    for reference in ("column", "global"):
        search = {"reference_bits": _BITS, "reference_reads": _READS, "reference_groups": _GROUPS}
        config = variant("macro_tiles", f"macro_{reference}", macro={"reference": reference, **search})
        cycles = 1 + _BITS * (_READS * _GROUPS + _LATENCY + 3 + config.array.cols * (reference == "global"))
        yield Proof(
            block="reference_search",
            name=reference,
            claim="each bit, the highest first, is set while all groups are read in turn as often as wanted, and stays "
            "if the ones are at least half of what is counted, in the column or in all; the code then stays",
            sizes=f"{_BITS} bits, {_READS} reads of {_GROUPS} groups, {config.array.cols} columns, latency {_LATENCY}",
            method=Method.BOUNDED,
            depth=cycles + 2,
            cover_depth=cycles + 2,
            reason=f"a search takes {cycles} cycles, and one that follows begins as the first one does",
            bench=lambda config=config: Bench(  # type: ignore[misc]
                ReferenceSearch(config, config.layers[0], latency=_LATENCY),
                lambda m, dut, _: _searched(config, m, dut, _),
            ),
            fast=reference == "column",
        )


def _searched(config: CoreConfig, m: Module, dut: ReferenceSearch, _: Internals) -> None:
    layer, cols = config.layers[0], config.array.cols
    lanes, trial = len(dut.code[0]), _READS * _GROUPS
    running = Signal()
    m.d.sync += running.eq((running | dut.start) & ~dut.done)
    m.d.comb += [
        Assume(implies(dut.start, ~running)),
        Assume(implies(running, dut.lines == past(m, dut.lines))),
        Assume((dut.lines != 0) & (dut.lines <= layer.rows_per_read)),
    ]
    coming = [dut.read]
    for _stage in range(_LATENCY):
        coming.append(past(m, coming[-1]))
    counts = [Cat(plane[column] for plane in dut.count) for column in range(cols)]
    m.d.comb += [Assume(implies(coming[-1], count <= dut.lines)) for count in counts]

    # The next read and trial, ones of the trial so far, and the bits that are decided.
    read, tried = Signal(range(trial + 1)), Signal(range(_BITS + 1))
    ones = [Signal(range(trial * layer.rows_per_read + 1), name=f"ones_{column}") for column in range(cols)]
    decided = [Signal(_BITS, name=f"decided_{lane}") for lane in range(lanes)]
    bit = Signal(_BITS)
    m.d.comb += bit.eq((1 << _BITS) >> tried)
    shared = len(ones) if lanes == 1 else 1
    sums = [sum(ones[1:], ones[0])] if lanes == 1 else ones
    keeps = [2 * total >= dut.lines * (trial * shared) for total in sums]
    after = [lane | Mux((tried != 0) & keep, bit, 0) for lane, keep in zip(decided, keeps, strict=True)]
    begins = dut.read & (read == 0)
    with m.If(dut.start & ~running):
        m.d.sync += [read.eq(0), tried.eq(0), *(lane.eq(0) for lane in decided)]
    with m.Elif(dut.read):
        m.d.sync += read.eq(Mux(read == trial - 1, 0, read + 1))
        with m.If(begins):
            m.d.sync += [tried.eq(tried + 1), *(lane.eq(value) for lane, value in zip(decided, after, strict=True))]
    for total, count in zip(ones, counts, strict=True):
        m.d.sync += total.eq(Mux(begins, 0, total) + Mux(coming[-1], count, 0))

    for lane in range(lanes):
        code = Cat(plane[lane] for plane in dut.code)
        shown = Mux(begins, after[lane] | (bit >> 1 if _BITS > 1 else 0) | Mux(tried == 0, 1 << _BITS - 1, 0), 0)
        m.d.comb += [
            Assert(implies(begins, code == shown)),
            Assert(implies(dut.read & ~begins, code == (decided[lane] | bit))),
            Assert(implies(dut.done, code == after[lane])),
            Assert(implies(~running & past(m, ~running, init=1) & ~past(m, dut.start), code == past(m, code))),
        ]
    m.d.comb += [
        Assert(implies(dut.read, running & (tried + begins <= _BITS))),
        Assert(implies(dut.read, dut.group == read % _GROUPS)),
        Assert(implies(dut.done, (tried == _BITS) & (read == 0) & ~Cat(coming[1:]).any())),
        Cover(dut.done & (dut.code[0] == 0)),
        Cover(dut.done & dut.code[0].all() & dut.code[1].all()),
    ]
