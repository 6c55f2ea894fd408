"""Input side of the core."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..passes import VectorRepeater
from ..streams import PixelBeat
from .frame_buffer import FrameBuffer
from .pixel_buffer import PixelBuffer

__all__ = ["PixelInput"]


class PixelInput(wiring.Component):
    """Buffer of whole inputs before the first layer.

    Inputs are read once per pass where the first layer draws its weights. A list of connections: a :class:`FrameBuffer`
    before a convolution, otherwise a :class:`PixelBuffer`, with a :class:`VectorRepeater` behind it where inputs are
    read again. Latency and throughput are those of the buffer.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    i : :py:`In(stream.Signature(PixelBeat(config)))`
        ``beats_per_input`` beats for each input.
    o : :py:`Out(WordLines(config, config.layers[0]))`, or :py:`Out(stream.Signature(Activations(config, …)))`
        The first crossbar's access to the inputs, or the positions of images before a convolution.
    enable, started
        As in :class:`PixelBuffer`.
    short_packet, long_packet : :py:`In(1)`
        The beats since the last complete input were too few or too many: they are dropped. Only while no pixels are
        taken.
    passes
        As in :class:`PassCounter`. Only where the first layer draws its weights.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        self._repeats = config.bayes.scheme.draws_weights
        self._buffer = PixelBuffer(config) if config.layers[0].window is None else FrameBuffer(config)
        super().__init__(
            {
                "i": In(stream.Signature(PixelBeat(config))),
                "o": Out(self._buffer.o.signature),
                "enable": In(1),
                "started": Out(1),
                "short_packet": In(1),
                "long_packet": In(1),
                **({"passes": In(config.passes_width)} if self._repeats else {}),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.buffer = buffer = self._buffer
        wiring.connect(m, wiring.flipped(self.i), buffer.i)
        m.d.comb += [
            buffer.enable.eq(self.enable),
            buffer.discard.eq(self.short_packet | self.long_packet),
            self.started.eq(buffer.started),
        ]
        source = buffer
        if self._repeats and isinstance(buffer, PixelBuffer):
            m.submodules.repeater = source = VectorRepeater(self._config)
            wiring.connect(m, buffer.o, source.i)
        if self._repeats:
            m.d.comb += source.passes.eq(self.passes)
        wiring.connect(m, source.o, wiring.flipped(self.o))
        return m
