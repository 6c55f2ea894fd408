"""Proofs of neurons with drawn thresholds."""

from collections.abc import Iterator

import numpy as np
from amaranth import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig, Layer
from ...config.geometries import geometry
from ...contract import Integers, neuron_rows
from ...neurons import SampledNeuron
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof
from ..stochastic.local_units import DrawnValues

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.SampledNeuron`."""
    for maps in (False, True):
        config = geometry("levels_of_maps" if maps else "levels")
        layer = config.layers[0]
        yield Proof(
            block="sampled_neuron",
            name="maps" if maps else "vectors",
            claim="a = (P ≥ θ_ℓ) XOR flip with the threshold of the level that was drawn for the neuron's channel, as "
            "generated or last programmed; levels are drawn once for all vectors of a pass; each beat gives one, in "
            "order; a beat for which nothing waits is taken after the cycles for drawing, reading and comparing; the "
            "streams keep valid and payload until taken; a row is read back as it is",
            sizes=f"{layer.vectors} vectors in a pass, {layer.outputs} neurons, {layer.choices} levels, thresholds of "
            f"{layer.threshold_width} bits",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer: _bench(config, layer),  # type: ignore[misc]
            cover_depth=20,
        )


def _bench(config: CoreConfig, layer: Layer) -> Bench:
    numbers = np.random.default_rng(layer.index)
    neurons = {
        "thresholds": numbers.integers(0, layer.threshold_max, (layer.outputs, layer.choices), endpoint=True),
        "flips": numbers.integers(0, 1, layer.outputs, endpoint=True),
    }
    dut = SampledNeuron(config, layer, contents=neurons)
    return Bench(dut, lambda m, dut, internals: _neurons(config, layer, neurons, m, dut, internals))


def _neurons(
    config: CoreConfig, layer: Layer, neurons: dict[str, Integers], m: Module, dut: SampledNeuron, internals: Internals
) -> None:
    for stream in (dut.i, dut.command):
        assume_kept(m, stream)
    for stream in (dut.o, dut.reply):
        claim_kept(m, stream)
    # Seeds are loaded only without counts at the input.
    m.d.comb += Assume(~(dut.i.valid & dut.reseed.load.any()))

    # Cycles since the thresholds of a level were read, up to the latency; and the level.
    age = Signal(range(dut.compare_cycles + 1))
    level = Signal(range(layer.choices))
    place = Signal(range(layer.vectors + 1))
    fetched, last = age != 0, level == layer.choices - 1
    rows = _rows(layer, neurons, m, dut, internals, fetched, level)

    took = transferred(dut.i)
    final = place == layer.vectors - 1
    drawn = DrawnValues(
        m,
        config,
        layer,
        internals["units"],
        demand=dut.i.valid,
        taken=took & final,
        reseed=dut.reseed,
    )
    width = (layer.choices - 1).bit_length()
    ones = [sum((draw[bit] for bit in range(layer.choices - 1)), Const(0)) for draw in drawn.drawn]
    planes = [drawn.plane(index, [count[index] for count in ones]) for index in range(width)]
    with m.If(took):
        m.d.sync += place.eq(Mux(final, 0, place + 1))

    # Two vectors of activations, in order.
    waiting, given = Signal.like(dut.o.p), Signal.like(dut.o.p)
    waits, gives, moves = Signal(), Signal(), Signal()
    compared = (age == dut.compare_cycles) & ~waits
    m.d.comb += moves.eq(waits & (~gives | dut.o.ready))
    m.d.sync += [waits.eq(took | (waits & ~moves)), gives.eq(moves | (gives & ~dut.o.ready))]
    with m.If(moves):
        m.d.sync += given.eq(waiting)
    with m.If(compared):
        m.d.sync += [age.eq(Mux(last, 0, 1)), level.eq(Mux(last, 0, level + 1))]
    with m.Elif(Mux(fetched, age != dut.compare_cycles, dut.i.valid & drawn.there & ~dut.command.valid)):
        m.d.sync += age.eq(age + 1)
    m.d.comb += [
        Assert(dut.i.ready == (compared & last)),
        Assert(dut.o.valid == gives),
        Assert(implies(gives, dut.o.p.as_value() == given.as_value())),
        # Inductive invariants.
        Assert(age <= dut.compare_cycles),
        Assert(place < layer.vectors),
        Assert(implies(~fetched | waits, level == 0)),
        Assert(implies(fetched, drawn.there)),
        Assert(internals.signal("fetched") == fetched),
        Assert(internals.signal("level") == level),
        Assert(internals.signal("waiting") == waits),
        Assert(implies(waits, internals.signal("result") == waiting.as_value())),
        *(Assert(internals.signal(f"reached_{part}") == (age > part)) for part in range(1, dut.compare_cycles)),
    ]
    if layer.vectors > 1:
        m.d.comb += Assert(internals.signal("index") == place)

    parts = [count for count in range(layer.threshold_width) if internals.named(f"fires_below_{count}")]
    fires = Signal(layer.outputs)
    for output in range(layer.outputs):
        tile, column = divmod(output, layer.cols)
        count = Cat(plane[output] for plane in dut.i.p.planes)
        own = Cat(plane[output] for plane in planes)
        sets: list[Value] = [
            Cat(rows[tile, group, line][column] for line in range(layer.neuron_lines)) for group in range(layer.choices)
        ]
        chosen, now = Array(sets)[own], Array(sets)[level]
        m.d.comb += fires[output].eq((count >= chosen[:-1]) ^ chosen[-1])
        m.d.comb += Assert(implies(fetched & (level > own), internals.signal("result")[output] == fires[output]))
        for part, below in zip(range(1, dut.compare_cycles), parts, strict=True):
            reaches = internals.signal(f"fires_below_{below}")[output]
            m.d.comb += Assert(implies(age > part, reaches == (count[:below] >= now[:below])))
    with m.If(took):
        m.d.sync += [waiting.bits.eq(fires), waiting.tag.eq(dut.i.p.tag)]
    m.d.comb += [
        Cover(gives & dut.o.p.bits.all()),
        Cover(gives & fetched),
        Cover(transferred(dut.reply) & dut.reply.p.error),
    ]


def _rows(
    layer: Layer,
    neurons: dict[str, Integers],
    m: Module,
    dut: SampledNeuron,
    internals: Internals,
    fetched: Value,
    level: Value,
) -> dict[tuple[int, int, int], Signal]:
    """Return the rows as generated or last programmed; memories keep them through a reset."""
    accessing = ~internals["rows"]["access"].in_state("WAIT")
    command, address = dut.command.p, dut.command.p.address
    # The proofs of the row access show that this happens once for each command, before its reply.
    programs = internals["rows"]["access"].signal("write").any()
    found: dict[tuple[int, int, int], Signal] = {}
    for tile in range(layer.col_tiles):
        store, words = internals["rows"][f"store_{tile}"], neuron_rows(neurons, layer, tile)
        # Inductive invariants, whether the row exists or not.
        replied = dut.reply.valid & (address.tile == tile)
        m.d.comb += Assert(implies(replied, dut.reply.p.row == store.signal("word")))
        for group, line in np.ndindex(layer.choices, layer.neuron_lines):
            shown = store.signal(f"words__{line}")
            init, name = words[group][line], f"row_{tile}_{group}_{line}"
            row = found[tile, group, line] = Signal(layer.cols, init=init, reset_less=True, name=name)
            here = (address.tile == tile) & (address.group == group) & (address.line == line)
            with m.If(programs & here):
                m.d.sync += row.eq(command.row)
            reads_here = here & ~command.write & dut.reply.valid & ~dut.reply.p.error
            m.d.comb += [
                Assert(implies(reads_here, dut.reply.p.row == row)),
                # Inductive invariants.
                Assert(store.word(f"line_{line}", Const(group, (layer.choices - 1).bit_length())) == row),
                Assert(implies(fetched & (level == group), shown == row)),
                Assert(implies(accessing & here & ~command.write, shown == row)),
            ]
    m.d.comb += [Assert(implies(fetched, dut.i.valid & ~accessing)), Assert(implies(accessing, dut.command.valid))]
    return found
