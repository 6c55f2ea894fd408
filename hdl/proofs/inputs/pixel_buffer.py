"""Proofs of the pixel buffer."""

from collections.abc import Iterator

from amaranth import Cat, Const, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...inputs import PixelBuffer
from ...streams import index_width
from ..bench import Bench
from ..claims import assume_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Inputs that the buffer holds.
_BANKS = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.inputs.PixelBuffer`."""
    for config in (geometry("two_passes"), geometry("padded_small"), geometry("tiny")):
        layer = config.layers[0]
        yield Proof(
            block="pixel_buffer",
            name=config.name,
            claim="inputs are given out in order, none lost and none twice; one cycle after a read each pixel of the "
            "group "
            "has its bit of the plane on its own word line, which stays until the next read; an input that was "
            "started stays until done",
            sizes=f"`{config.name}`: {layer.inputs} pixels of {layer.input_bits} bits, {config.beats_per_input} beats, "
            f"{layer.row_tiles} × {layer.groups} groups of {layer.rows_per_read}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                PixelBuffer(config), lambda m, dut, internals: _planes(config, m, dut, internals)
            ),
            cover_depth=2 * config.beats_per_input + 4,
            fast=config is not geometry("tiny"),
        )


def _planes(config: CoreConfig, m: Module, dut: PixelBuffer, internals: Internals) -> None:
    layer = config.layers[0]
    taken, read = transferred(dut.i), dut.o.read
    done = read & dut.o.done
    assume_kept(m, dut.i)
    m.d.comb += [
        # Assumptions of the block's contract.
        Assume(implies(read, dut.o.valid)),
        Assume((dut.o.group < layer.groups) & (dut.o.plane < layer.input_bits)),
        Assume(implies(dut.discard, ~taken)),
    ]

    # A queue of whole inputs in two banks that alternate, and the next beat.
    beat, stored = Signal(range(max(2, config.beats_per_input))), Signal(range(_BANKS + 1))
    write_bank, read_bank, started = Signal(), Signal(), Signal()
    complete = Signal()
    m.d.comb += complete.eq(taken & (beat == config.beats_per_input - 1))
    m.d.sync += [
        beat.eq(Mux(dut.discard | complete, 0, beat + taken)),
        stored.eq(stored + complete - done),
        write_bank.eq(write_bank ^ complete),
        read_bank.eq(read_bank ^ done),
        started.eq(Mux(read, ~done, started)),
    ]
    pair = internals["banks"]
    m.d.comb += [
        Assert(dut.i.ready == (stored != _BANKS)),
        Assert(dut.o.valid == ((stored != 0) & (dut.enable | started))),
        Assert(dut.started == (read & ~started)),
        Cover((stored == _BANKS) & done),
        Cover(done & dut.discard),
        # Inductive invariants.
        Assert(beat < config.beats_per_input),
        Assert(stored <= _BANKS),
        Assert(implies(started, stored != 0)),
        Assert(write_bank == read_bank ^ stored[0]),
        Assert(pair.signal("write_bank") == write_bank),
        Assert(pair.signal("read_bank") == read_bank),
        Assert(internals.signal("reading") == started),
        Assert(pair.signal("full") == Mux(stored == 0, 0, Mux(stored == _BANKS, 2**_BANKS - 1, Const(1) << read_bank))),
        Assert(internals.signal("beat") == beat),
    ]
    chunks = layer.rows_per_read // config.ports.pixels_per_beat
    for index in range(config.beats_per_input):
        group, chunk = divmod(index, chunks)
        tile, group = divmod(group, layer.array_groups)
        for name, place in (("chunk", chunk), ("group", group), ("tile", tile)):
            m.d.comb += Assert(implies(beat == index, internals.signal(name) == place))

    kept = past(m, ~read)
    for bits in dut.o.bits:
        m.d.comb += Assert(implies(kept, bits == past(m, bits)))
    m.d.comb += Assert(implies(past(m, read), internals.signal("plane") == past(m, dut.o.plane)))
    for pixel in range(layer.inputs):
        tile, group, line = layer.tile_of(pixel), layer.group_of(pixel), layer.line_of(pixel)
        index, slot = divmod(pixel, config.ports.pixels_per_beat)
        values = []
        for bank in range(_BANKS):
            # A memory keeps its contents through a reset.
            value = Signal(layer.input_bits, reset_less=True, name=f"pixel_{pixel}_{bank}")
            with m.If(taken & (beat == index) & (write_bank == bank)):
                m.d.sync += value.eq(dut.i.p.pixels[slot])
            values.append(value)
            for bit in range(layer.input_bits):
                address = Cat(Const(group, index_width(layer.groups)), Const(bank, 1))
                stored_bit = internals.word(f"tile_{tile}_plane_{bit}", address)[line]
                # Inductive invariants.
                m.d.comb += Assert(stored_bit == value[bit])
        reads = past(m, read & (dut.o.group == group))
        expected = past(m, Mux(read_bank, values[1], values[0]).bit_select(dut.o.plane, 1))
        m.d.comb += Assert(implies(reads, dut.o.bits[tile][line] == expected))
        m.d.comb += Cover(reads & dut.o.bits[tile][line])
