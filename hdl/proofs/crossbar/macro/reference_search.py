"""Proofs of the search for references."""

from collections.abc import Iterator

from amaranth import Array, Cat, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Assume, Cover

from ....config import CoreConfig
from ....config.geometries import variant
from ....crossbar.macro import ReferenceSearch
from ...bench import Bench
from ...claims import implies, past
from ...internals import Internals
from ...proof import Method, Proof

__all__ = ["proofs"]

#: Bits of a code, and cycles from a read to its counts.
_BITS, _LATENCY = 2, 2

#: Reads of a group, by reference: the smaller one is proved in every run.
_READS = {"column": 1, "global": 2}


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.macro.ReferenceSearch`."""
    for reference, reads in _READS.items():
        search = {"reference_bits": _BITS, "calibration_reads": reads}
        config = variant("macro_tiles", f"macro_{reference}", macro={"reference": reference, **search})
        groups = config.layers[0].groups
        cycles = 1 + _BITS * (reads * groups + _LATENCY + 3 + config.array.cols * (reference == "global"))
        yield Proof(
            block="reference_search",
            name=reference,
            claim="each bit, the highest first, is set while all groups are read in turn as often as wanted, and stays "
            "if the ones reach the target, in the column or in all; the code then stays",
            sizes=f"{_BITS} bits, {reads} reads of {groups} groups, {config.array.cols} columns, latency {_LATENCY}",
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
    reads = _READS["global" if len(dut.code[0]) == 1 else "column"]
    lanes, trial = len(dut.code[0]), reads * layer.groups
    targets = [Cat(plane[lane] for plane in dut.target) for lane in range(lanes)]
    most = layer.tile_inputs(0)
    running = Signal()
    m.d.sync += running.eq((running | dut.start) & ~dut.done)
    m.d.comb += [
        Assume(implies(dut.start, ~running)),
        *(Assume(implies(running, target == past(m, target))) for target in targets),
    ]
    coming = [dut.read]
    for _stage in range(_LATENCY):
        coming.append(past(m, coming[-1]))
    counts = [Cat(plane[column] for plane in dut.count) for column in range(cols)]
    held = [layer.driven_lines(0, group) for group in range(layer.groups)]
    limit = Signal(range(layer.rows_per_read + 1))
    group: Value = dut.group
    for _stage in range(_LATENCY):
        group = past(m, group)
    m.d.comb += limit.eq(Array(held)[group])
    m.d.comb += [Assume(implies(coming[-1], count <= limit)) for count in counts]

    # The next read and trial, ones of the trial so far, and the bits that are decided.
    read, tried = Signal(range(trial + 1)), Signal(range(_BITS + 1))
    ones = [Signal(range(reads * most + 1), name=f"ones_{column}") for column in range(cols)]
    decided = [Signal(_BITS, name=f"decided_{lane}") for lane in range(lanes)]
    bit = Signal(_BITS)
    m.d.comb += bit.eq((1 << _BITS) >> tried)
    sums = [sum(ones[1:], ones[0])] if lanes == 1 else ones
    keeps = [total >= target for total, target in zip(sums, targets, strict=True)]
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
        Assert(implies(dut.read, dut.group == read % layer.groups)),
        Assert(implies(dut.done, (tried == _BITS) & (read == 0) & ~Cat(coming[1:]).any())),
        Cover(dut.done & (dut.code[0] == 0)),
        Cover(dut.done & dut.code[0].all() & dut.code[1].all()),
    ]
