"""Image buffer before the first convolution."""

from amaranth import Cat, Const, Module, Mux, Signal, Value, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..passes import PassCounter
from ..streams import Activations, PixelBeat, index_width
from .bank_pair import BankPair

__all__ = ["FrameBuffer"]


class FrameBuffer(wiring.Component):
    """Double buffer of images, read position by position.

    One image is filled while the other is read. Takes a beat a cycle until both are full; an image is
    read from the cycle after its last beat was taken, a position a cycle, each offered in the cycle after its read.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of a core that begins with a convolution.

    Members
    -------
    i : :py:`In(stream.Signature(PixelBeat(config)))`
        ``beats_per_input`` beats for each image, all channels of a position before the next.
    o : :py:`Out(stream.Signature(Activations(config, channels * bits)))`
        Positions, row by row from the top left. Tags are ignored.
    enable : :py:`In(1)`
        Read further images. One that has been started is finished in any case.
    started : :py:`Out(1)`
        An image is being read for the first time.
    discard : :py:`In(1)`
        Discard the beats of the incomplete image. Only while none is taken.
    passes
        As in :class:`PassCounter`: each image is read once per pass, and positions carry their passes. Only where
        the first layer draws its weights.
    """

    def __init__(self, config: CoreConfig):
        window = config.layers[0].window
        if window is None:
            raise ValueError(f"FrameBuffer config must begin with a convolution, not {config.name!r}")
        self._config = config
        self._source = window.source
        self._repeats = config.bayes.scheme.draws_weights
        super().__init__(
            {
                "i": In(stream.Signature(PixelBeat(config))),
                "o": Out(stream.Signature(Activations(config, window.source.channels * window.source.bits))),
                "enable": In(1),
                "started": Out(1),
                "discard": In(1),
                **({"passes": In(config.passes_width)} if self._repeats else {}),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        source, pixels_per_beat = self._source, self._config.ports.pixels_per_beat
        chunks = source.channels // pixels_per_beat

        m.submodules.banks = banks = BankPair()
        taken = Signal()
        issue = Signal()
        reading = Signal()
        m.d.comb += [
            self.i.ready.eq(banks.writable),
            taken.eq(self.i.valid & self.i.ready),
            issue.eq(banks.readable & (self.enable | reading) & (~self.o.valid | self.o.ready)),
            self.started.eq(issue & ~reading),
        ]

        # Address of the next beat: chunks make a position, positions an image.
        chunk = Signal(index_width(chunks))
        written = Signal(index_width(source.positions))
        read = Signal(index_width(source.positions))
        whole = Signal()
        complete = Signal()
        ends = Signal()
        done = Signal()
        m.d.comb += [
            whole.eq(chunk == chunks - 1),
            complete.eq(taken & whole & (written == source.positions - 1)),
            ends.eq(issue & (read == source.positions - 1)),
            done.eq(ends & self._last(m, step=ends)),
            banks.filled.eq(complete),
            banks.emptied.eq(done),
        ]
        with m.If(taken):
            m.d.sync += chunk.eq(Mux(whole, 0, chunk + 1))
            with m.If(whole):
                m.d.sync += written.eq(written + 1)
        with m.If(self.discard | complete):
            m.d.sync += [chunk.eq(0), written.eq(0)]
        with m.If(issue):
            m.d.sync += [read.eq(Mux(ends, 0, read + 1)), reading.eq(~done)]

        m.submodules.images = images = memory.Memory(
            shape=unsigned(source.channels * source.bits), depth=2 << len(read), init=[]
        )
        reader, writer = images.read_port(), images.write_port(granularity=pixels_per_beat * source.bits)
        m.d.comb += [
            reader.addr.eq(Cat(read, banks.read_bank)),
            reader.en.eq(issue),
            writer.addr.eq(Cat(written, banks.write_bank)),
            writer.en.eq(Mux(taken, 1 << chunk, 0)),
            writer.data.eq(self.i.p.pixels.as_value().replicate(chunks)),
        ]
        with m.If(issue):
            m.d.sync += self.o.valid.eq(1)
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        # Pixels are stored whole and read out plane by plane.
        pixels = [reader.data.word_select(channel, source.bits) for channel in range(source.channels)]
        m.d.comb += self.o.p.bits.eq(Cat(pixel[plane] for plane in range(source.bits) for pixel in pixels))
        return m

    def _last(self, m: Module, *, step: Value) -> Value:
        """Connect the pass counter, a pass of which ends with ``step``; return whether it is the last."""
        if not self._repeats:
            return Const(1)
        m.submodules.counter = counter = PassCounter(self._config)
        m.d.comb += [counter.step.eq(step), counter.passes.eq(self.passes)]
        with m.If(~self.o.valid | self.o.ready):
            m.d.sync += self.o.p.tag.last.eq(counter.last)
        return counter.last
