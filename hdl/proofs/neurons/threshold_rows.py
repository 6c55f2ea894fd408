"""Proofs of the rows of a layer's neurons."""

import itertools
from collections.abc import Iterator

import numpy as np
from amaranth import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig, Layer
from ...config.geometries import geometry
from ...contract import Integers, neuron_rows
from ...neurons import ThresholdRows
from ...streams import index_width
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.ThresholdRows`."""
    for config, serial in (
        (geometry("two_passes"), False),
        (geometry("padded_small"), False),
        (geometry("two_means"), True),
    ):
        layer = config.layers[0]
        yield Proof(
            block="threshold_rows",
            name=config.name,
            claim="what the neurons read are the rows of their choice, as generated or last programmed, and stay until "
            "the next read or command; a row is read back as it is; what does not exist is an error; commands wait "
            "for busy neurons; replies keep valid and payload until taken",
            sizes=f"`{config.name}`, layer 0: {layer.outputs} neurons, {layer.neuron_lines} lines of {layer.choices} "
            f"choices{', one line at a time' if serial else ''}",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer, serial=serial: _bench(config, layer, serial),  # type: ignore[misc]
            fast=config is not geometry("padded_small"),
        )


def _bench(config: CoreConfig, layer: Layer, serial: bool) -> Bench:
    # Different, irregular contents in every row.
    numbers = np.random.default_rng(layer.index)
    contents = {}
    for member in layer.neuron_fields:
        shape = (layer.outputs, layer.choices) if member.chosen else (layer.outputs,)
        contents[member.name] = numbers.integers(member.lowest, member.highest, shape, endpoint=True)
    dut = ThresholdRows(config, layer, contents=contents, serial=serial)
    return Bench(dut, lambda m, dut, internals: _rows(layer, contents, serial, m, dut, internals))


def _rows(
    layer: Layer, contents: dict[str, Integers], serial: bool, m: Module, dut: ThresholdRows, internals: Internals
) -> None:
    assume_kept(m, dut.command)
    claim_kept(m, dut.reply)
    command, address, access = dut.command.p, dut.command.p.address, internals["access"]
    accessing = ~access.in_state("WAIT")
    # The proofs of the row access show that this happens once for each command, before its reply.
    programs, reads_back = access.signal("write").any(), access.signal("read").any()
    m.d.comb += [
        # Assumptions of the block.
        Assume(~(dut.read & dut.hold & dut.idle)),
        Assume(implies(past(m, dut.idle, init=1) & ~dut.idle, past(m, dut.read))),
        Assume(dut.choice < layer.choices),
        Assert(dut.hold == dut.command.valid),
        Assert(implies(programs | reads_back, dut.idle)),
        # Inductive invariants.
        Assert(implies(accessing, dut.command.valid & past(m, dut.idle, init=1) & ~past(m, dut.read))),
    ]
    line_read: Value = Const(0)
    if serial:
        m.d.comb += Assume(dut.line < layer.neuron_lines)
        line_read = past(m, dut.line)

    read, choice = past(m, dut.read), past(m, dut.choice)
    kept = past(m, ~dut.read & ~programs & ~reads_back)
    for plane in dut.planes:
        m.d.comb += Assert(implies(kept, plane == past(m, plane)))
    expected: dict[int, list[list[Value]]] = {}
    for tile in range(layer.col_tiles):
        store, words = internals[f"store_{tile}"], neuron_rows(contents, layer, tile)
        replied = dut.reply.valid & (address.tile == tile)
        # Inductive invariants, whether the row exists or not.
        m.d.comb += Assert(implies(replied, dut.reply.p.row == store.signal("word")))
        expected[tile] = [[] for _ in range(layer.choices)]
        for group, line in itertools.product(range(layer.choices), range(layer.neuron_lines)):
            row = Signal(layer.cols, init=words[group][line], reset_less=True, name=f"row_{tile}_{group}_{line}")
            expected[tile][group].append(row)
            here = (address.tile == tile) & (address.group == group) & (address.line == line)
            with m.If(programs & here):
                m.d.sync += row.eq(command.row)
            shown = store.signal("words__0" if serial else f"words__{line}")
            memory, place = ("line_0", line) if serial else (f"line_{line}", 0)
            lines = 2 ** index_width(layer.neuron_lines) if serial else 1
            stored = store.word(memory, Const(group * lines + place, index_width(max(2, layer.choices * lines))))
            reads_here = here & ~command.write & dut.reply.valid & ~dut.reply.p.error
            m.d.comb += [
                Assert(implies(reads_here, dut.reply.p.row == row)),
                # Inductive invariants.
                Assert(stored == row),
                Assert(implies(accessing & here & ~command.write, shown == row)),
            ]
    for index, plane in enumerate(dut.planes):
        for group in range(layer.choices):
            wanted = Cat(rows[group][index] for rows in expected.values())[: layer.outputs]
            if serial:
                wanted = Cat(Array(rows[group])[line_read] for rows in expected.values())[: layer.outputs]
            m.d.comb += Assert(implies(read & (choice == group), plane == wanted))
    exists = (address.tile < layer.col_tiles) & (address.group < layer.choices) & (address.line < layer.neuron_lines)
    m.d.comb += [
        Assert(implies(dut.reply.valid, dut.reply.p.error == ~exists)),
        Cover(read & dut.planes[0].any()),
        Cover(past(m, past(m, programs)) & transferred(dut.reply)),
        Cover(transferred(dut.reply) & dut.reply.p.error),
        Cover(dut.command.valid & ~dut.idle & Mux(dut.read, 1, 0)),
    ]
