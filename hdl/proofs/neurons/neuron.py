"""Proofs of the neurons of a hidden layer."""

from collections.abc import Iterator

import numpy as np
from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig, Layer
from ...config.geometries import geometry
from ...contract import Integers
from ...neurons import Neuron
from ...streams import layer_mask
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.Neuron`."""
    for config, index in ((geometry("two_passes"), 0), (geometry("padded_small"), 0), (geometry("padded_small"), 1)):
        layer = config.layers[index]
        yield Proof(
            block="neuron",
            name=f"{config.name}_{index}",
            claim="a = (P ≥ θ) XOR flip with the thresholds that the mask bit chooses, as generated or last "
            "programmed; each beat gives one, in order, two cycles after it was taken or one after those before were; "
            "two are held at the most; a beat for which nothing waits is taken after the cycles for reading and "
            "comparing; the streams keep valid and payload until taken; a row is read back as it is",
            sizes=f"`{config.name}`, layer {index}: {layer.outputs} neurons, thresholds of {layer.threshold_width} "
            f"bits, {layer.choices} choices",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer: _bench(config, layer),  # type: ignore[misc]
        )


def _bench(config: CoreConfig, layer: Layer) -> Bench:
    # Different contents in every row, none of them regular.
    numbers = np.random.default_rng(layer.index)
    thresholds = numbers.integers(0, layer.threshold_max, (layer.outputs, layer.choices), endpoint=True)
    flips = numbers.integers(0, 1, layer.outputs, endpoint=True)
    dut = Neuron(config, layer, contents={"thresholds": thresholds, "flips": flips})
    return Bench(dut, lambda m, dut, internals: _neurons(layer, thresholds, flips, m, dut, internals))


def _neurons(layer: Layer, thresholds: Integers, flips: Integers, m: Module, dut: Neuron, internals: Internals) -> None:
    for stream in (dut.i, dut.command):
        assume_kept(m, stream)
    for stream in (dut.o, dut.reply):
        claim_kept(m, stream)
    # Cycles since the thresholds of the beat were read, up to the latency.
    age = Signal(range(dut.compare_cycles + 1))
    fetched = age != 0
    accessing = ~internals["rows"]["access"].in_state("WAIT")
    choice = layer_mask(dut.i.p.tag, layer)
    command, address = dut.command.p, dut.command.p.address
    # The proofs of the row access show that this happens once for each command, before its reply.
    programs = internals["rows"]["access"].signal("write").any()

    # Rows as generated or last programmed; memories keep them through a reset.
    rows: dict[tuple[int, int, int], Signal] = {}
    for tile in range(layer.col_tiles):
        store = internals["rows"][f"store_{tile}"]
        # Inductive invariants, whether the row exists or not.
        replied = dut.reply.valid & (address.tile == tile)
        m.d.comb += Assert(implies(replied, dut.reply.p.row == store.signal("word")))
        for line in range(layer.neuron_lines):
            shown = store.signal(f"words__{line}")
            for group in range(layer.choices):
                row = Signal(
                    layer.cols,
                    init=_initial(layer, thresholds, flips, tile, group, line),
                    reset_less=True,
                    name=f"row_{tile}_{group}_{line}",
                )
                rows[tile, group, line] = row
                here = (address.tile == tile) & (address.group == group) & (address.line == line)
                with m.If(programs & here):
                    m.d.sync += row.eq(command.row)
                reads_here = here & ~command.write & dut.reply.valid & ~dut.reply.p.error
                stored = store.word(f"line_{line}", Const(group, 1))
                m.d.comb += [
                    Assert(implies(reads_here, dut.reply.p.row == row)),
                    # Inductive invariants.
                    Assert(stored == row),
                    Assert(implies(fetched & (choice == group), shown == row)),
                    Assert(implies(accessing & here & ~command.write, shown == row)),
                ]
    m.d.comb += [Assert(implies(fetched, dut.i.valid & ~accessing)), Assert(implies(accessing, dut.command.valid))]

    # Two vectors of activations, in order.
    waiting, given = Signal.like(dut.o.p), Signal.like(dut.o.p)
    waits, gives = Signal(), Signal()
    moves = Signal()
    took = transferred(dut.i)
    m.d.comb += moves.eq(waits & (~gives | dut.o.ready))
    m.d.sync += [waits.eq(took | (waits & ~moves)), gives.eq(moves | (gives & ~dut.o.ready))]
    with m.If(moves):
        m.d.sync += given.eq(waiting)
    with m.If(took):
        m.d.sync += age.eq(0)
    with m.Elif(Mux(fetched, age != dut.compare_cycles, dut.i.valid & ~dut.command.valid)):
        m.d.sync += age.eq(age + 1)
    m.d.comb += [
        Assert(age <= dut.compare_cycles),
        Assert(dut.i.ready == ((age == dut.compare_cycles) & ~waits)),
        Assert(dut.o.valid == gives),
        Assert(implies(gives, dut.o.p.as_value() == given.as_value())),
        # Inductive invariants.
        Assert(internals.signal("fetched") == fetched),
        Assert(internals.signal("waiting") == waits),
        Assert(implies(waits, internals.signal("result") == waiting.as_value())),
    ]
    # Segments of the ripple that were compared in earlier cycles, and the planes of each.
    parts = [planes for planes in range(layer.threshold_width) if internals.named(f"fires_below_{planes}")]
    fires = Signal(layer.outputs)
    for output in range(layer.outputs):
        tile, column = divmod(output, layer.cols)
        count = Cat(plane[output] for plane in dut.i.p.planes)
        sets: list[Value] = [
            Cat(rows[tile, group, line][column] for line in range(layer.neuron_lines)) for group in range(layer.choices)
        ]
        chosen = Mux(choice, sets[1], sets[0]) if layer.choices > 1 else sets[0]
        m.d.comb += fires[output].eq((count >= chosen[:-1]) ^ chosen[-1])
        for part, planes in zip(range(1, dut.compare_cycles), parts, strict=True):
            below = internals.signal(f"fires_below_{planes}")[output]
            m.d.comb += Assert(implies(age > part, below == (count[:planes] >= chosen[:planes])))
    for part in range(1, dut.compare_cycles):
        m.d.comb += Assert(internals.signal(f"reached_{part}") == (age > part))
    with m.If(took):
        m.d.sync += [waiting.bits.eq(fires), waiting.tag.eq(dut.i.p.tag)]
    m.d.comb += [
        Cover(gives & dut.o.p.bits.all()),
        Cover(gives & (dut.o.p.bits == 0) & dut.o.p.tag.mask[layer.index]),
        Cover(gives & waits & (age == dut.compare_cycles)),
        Cover(past(m, past(m, programs)) & transferred(dut.reply)),
        Cover(transferred(dut.reply) & dut.reply.p.error),
    ]


def _initial(layer: Layer, thresholds: Integers, flips: Integers, tile: int, group: int, line: int) -> int:
    """Return the row as docs/numerics.md#rows-of-memory has it."""
    row = 0
    for column, output in enumerate(range(tile * layer.cols, min((tile + 1) * layer.cols, layer.outputs))):
        polarity = line == layer.neuron_lines - 1
        bit = flips[output] if polarity else thresholds[output, group] >> line & 1
        row |= int(bit) << column
    return row
