"""Proofs of the image buffer."""

from collections.abc import Iterator

from amaranth import Cat, Const, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig, FeatureMap
from ...config.geometries import geometry
from ...inputs import FrameBuffer
from ..bench import Bench
from ..claims import any_constant, assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Images that the buffer holds.
_BANKS = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.inputs.FrameBuffer`."""
    for config in (geometry("row"), geometry("pixel")):
        source = config.network.windows[0].source
        yield Proof(
            block="frame_buffer",
            name=config.name,
            claim="complete images are given out in order, position by position, none lost and none twice, each "
            "position with all bits of its pixels in their planes; two images fit; an image is started only while "
            "enabled, and then finished; the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: images of {source}, {source.bits} bits a pixel, {config.beats_per_input} beats",
            method=Method.INDUCTION,
            bench=lambda config=config, source=source: Bench(  # type: ignore[misc]
                FrameBuffer(config), lambda m, dut, internals: _positions(config, source, m, dut, internals)
            ),
            cover_depth=2 * config.beats_per_input + 4,
            fast=config is geometry("row"),
        )


def _positions(config: CoreConfig, source: FeatureMap, m: Module, dut: FrameBuffer, internals: Internals) -> None:
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    taken = transferred(dut.i)
    m.d.comb += Assume(implies(dut.discard, ~taken))

    # A queue of whole images in two banks that alternate, the next beat and the next position.
    beats, count = config.beats_per_input, source.positions
    beat, stored = Signal(range(beats + 1)), Signal(range(_BANKS + 1))
    write_bank, read_bank, started, waiting = Signal(), Signal(), Signal(), Signal()
    position, given = Signal(range(count + 1)), Signal(range(count + 1))
    complete, read, done = Signal(), Signal(), Signal()
    m.d.comb += [
        complete.eq(taken & (beat == beats - 1)),
        read.eq((stored != 0) & (dut.enable | started) & (~waiting | dut.o.ready)),
        done.eq(read & (position == count - 1)),
    ]
    m.d.sync += [
        beat.eq(Mux(dut.discard | complete, 0, beat + taken)),
        stored.eq(stored + complete - done),
        write_bank.eq(write_bank ^ complete),
        read_bank.eq(read_bank ^ done),
        started.eq(Mux(read, ~done, started)),
        position.eq(Mux(done, 0, position + read)),
        waiting.eq(Mux(read, 1, waiting & ~dut.o.ready)),
    ]
    with m.If(read):
        m.d.sync += given.eq(position)
    pair = internals["banks"]
    m.d.comb += [
        Assert(dut.i.ready == (stored != _BANKS)),
        Assert(dut.o.valid == waiting),
        Assert(dut.started == (read & ~started)),
        Cover((stored == _BANKS) & done),
        Cover(done & dut.discard),
        # Inductive invariants.
        Assert(beat < beats),
        Assert(position < count),
        Assert(stored <= _BANKS),
        Assert(started == (position != 0)),
        Assert(implies(started, stored != 0)),
        Assert(write_bank == read_bank ^ stored[0]),
        Assert(pair.signal("write_bank") == write_bank),
        Assert(pair.signal("read_bank") == read_bank),
        Assert(internals.signal("reading") == started),
        Assert(internals.signal("read") == position),
        Assert(pair.signal("full") == Mux(stored == 0, 0, Mux(stored == _BANKS, 2**_BANKS - 1, Const(1) << read_bank))),
    ]
    width = config.ports.pixels_per_beat
    chunks = source.channels // width
    for index in range(beats):
        written, chunk = divmod(index, chunks)
        for name, place in (("written", written), ("chunk", chunk)):
            m.d.comb += Assert(implies(beat == index, internals.signal(name) == place))

    # An arbitrary position: its pixels in both banks. A memory keeps its contents through a reset.
    chosen = any_constant(m, range(max(2, count)), count)
    expected = Signal(source.channels * source.bits)
    banks = []
    for bank in range(_BANKS):
        values = []
        for channel in range(source.channels):
            value = Signal(source.bits, reset_less=True, name=f"value_{bank}_{channel}")
            chunk, slot = divmod(channel, width)
            with m.If(taken & (beat == chosen * chunks + chunk) & (write_bank == bank)):
                m.d.sync += value.eq(dut.i.p.pixels[slot])
            values.append(value)
        # Inductive invariants.
        address = Cat(chosen[: len(internals.signal("read"))], Const(bank, 1))
        m.d.comb += Assert(internals.word("images", address) == Cat(values))
        banks.append(Cat(value[plane] for plane in range(source.bits) for value in values))
    with m.If(read & (position == chosen)):
        m.d.sync += expected.eq(Mux(read_bank, banks[1], banks[0]))
    m.d.comb += [
        Assert(implies(waiting & (given == chosen), dut.o.p.bits == expected)),
        Cover(waiting & (given == chosen) & expected.all() & past(m, read_bank)),
    ]
