"""Word lines of the first layer."""

from amaranth import Cat, Module, Mux, Signal, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import PixelBeat, WordLines, index_width
from .bank_pair import BankPair

__all__ = ["PixelBuffer"]


class PixelBuffer(wiring.Component):
    """Double buffer of inputs, read as bit planes.

    One input is filled while the other is read. Takes a beat a cycle until both are full; an input is
    offered in the cycle after its last beat was taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    i : :py:`In(stream.Signature(PixelBeat(config)))`
        ``beats_per_input`` beats for each input.
    o : :py:`Out(WordLines(config, config.layers[0]))`
        Word lines, as the first crossbar reads them.
    enable : :py:`In(1)`
        Offer further inputs. One that has been started is finished in any case.
    started : :py:`Out(1)`
        An input is being read for the first time.
    discard : :py:`In(1)`
        Discard the beats of the incomplete input. Only while none is taken.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(PixelBeat(config))),
                "o": Out(WordLines(config, config.layers[0])),
                "enable": In(1),
                "started": Out(1),
                "discard": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._config.layers[0]
        pixels_per_beat = self._config.ports.pixels_per_beat
        chunks = layer.rows_per_read // pixels_per_beat

        m.submodules.banks = banks = BankPair()
        reading = Signal()
        taken = Signal()
        done = Signal()
        complete = Signal()
        m.d.comb += [
            self.i.ready.eq(banks.writable),
            taken.eq(self.i.valid & self.i.ready),
            self.o.valid.eq(banks.readable & (self.enable | reading)),
            self.started.eq(self.o.read & ~reading),
            done.eq(self.o.read & self.o.done),
            banks.filled.eq(complete),
            banks.emptied.eq(done),
        ]

        # Address of the next beat: chunks make a group, groups a tile, tiles an input.
        beat = Signal(range(self._config.beats_per_input))
        chunk = Signal(index_width(chunks))
        group = Signal(index_width(layer.array_groups))
        tile = Signal(index_width(layer.row_tiles))
        m.d.comb += complete.eq(taken & (beat == self._config.beats_per_input - 1))
        with m.If(taken):
            m.d.sync += [beat.eq(beat + 1), chunk.eq(chunk + 1)]
            with m.If(chunk == chunks - 1):
                m.d.sync += [chunk.eq(0), group.eq(group + 1)]
                with m.If(group == layer.array_groups - 1):
                    m.d.sync += [group.eq(0), tile.eq(tile + 1)]
        with m.If(self.discard | complete):
            m.d.sync += [beat.eq(0), chunk.eq(0), group.eq(0), tile.eq(0)]

        plane = Signal.like(self.o.plane)
        with m.If(self.o.read):
            m.d.sync += [reading.eq(~done), plane.eq(self.o.plane)]

        # One memory per tile and plane, so that a read yields one whole plane of a group.
        depth = 2 << len(self.o.group)
        for row_tile, bits in enumerate(self.o.bits):
            planes = Signal(layer.rows_per_read * layer.input_bits, name=f"planes_{row_tile}")
            for index in range(layer.input_bits):
                bank = memory.Memory(shape=unsigned(layer.rows_per_read), depth=depth, init=[])
                m.submodules[f"tile_{row_tile}_plane_{index}"] = bank
                reader, writer = bank.read_port(), bank.write_port(granularity=pixels_per_beat)
                m.d.comb += [
                    reader.addr.eq(Cat(self.o.group, banks.read_bank)),
                    reader.en.eq(self.o.read),
                    planes.word_select(index, layer.rows_per_read).eq(reader.data),
                    writer.addr.eq(Cat(group[: len(self.o.group)], banks.write_bank)),
                    writer.en.eq(Mux(taken & (tile == row_tile), 1 << chunk, 0)),
                    writer.data.eq(Cat(pixel[index] for pixel in self.i.p.pixels).replicate(chunks)),
                ]
            m.d.comb += bits.eq(planes.word_select(plane, layer.rows_per_read))

        return m
