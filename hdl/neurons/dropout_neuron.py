"""Neurons followed by dropout."""

from collections.abc import Mapping

from amaranth import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract import Integers
from ..stochastic import Reseed, WatchedDraw
from ..streams import Activations, Counts, RowCommand, RowReply, column_counter
from .activation_dropout import ActivationDropout
from .neuron import Neuron

__all__ = ["DropoutNeuron"]


class DropoutNeuron(wiring.Component):
    """Neurons followed by dropout of their activations.

    A :class:`Neuron` and an :class:`ActivationDropout`. Bits are drawn while the counts are being compared. A beat
    takes ``max(1 + compare_cycles, 1 + layer.local.steps)`` cycles where each vector has a drawing, and otherwise
    ``1 + compare_cycles``.

    Parameters
    ----------
    config, layer, contents
        As of :class:`Neuron`; the layer has local units.

    Members
    -------
    i, command, reply
        As in :class:`Neuron`.
    o, code, reseed, watched
        As in :class:`ActivationDropout`.
    """

    def __init__(self, config: CoreConfig, layer: Layer, *, contents: Mapping[str, Integers] | None = None):
        if layer.local is None:
            raise ValueError(f"DropoutNeuron layer must have local units, not {layer!r}")
        self._config = config
        self._layer = layer
        self._contents = contents
        watched = {} if config.self_test is None else {"watched": Out(WatchedDraw(config)).array(layer.local.units)}
        super().__init__(
            {
                "i": In(stream.Signature(Counts(config, layer))),
                "o": Out(stream.Signature(Activations(config, layer.outputs))),
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
                "code": In(config.random.draw_bits),
                "reseed": In(Reseed(config.random, layer.local.units)),
                **watched,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.neuron = neuron = Neuron(self._config, self._layer, contents=self._contents)
        m.submodules.dropout = dropout = ActivationDropout(self._config, self._layer)
        # First, so that this stream keeps its name in Verilog, where the layers of a core can be watched.
        wiring.connect(m, dropout.o, wiring.flipped(self.o))
        wiring.connect(m, wiring.flipped(self.i), neuron.i)
        wiring.connect(m, wiring.flipped(self.command), neuron.command)
        wiring.connect(m, neuron.reply, wiring.flipped(self.reply))
        wiring.connect(m, neuron.o, dropout.i)
        wiring.connect(m, wiring.flipped(self.reseed), dropout.reseed)
        if self._config.self_test is not None:
            for inner, outer in zip(dropout.watched, self.watched, strict=True):
                wiring.connect(m, inner, wiring.flipped(outer))

        # Vectors between the two: bits are drawn for those, and for one that is about to be compared.
        inside = Signal(range(_PLACES + 1))
        begun = neuron.i.valid & neuron.i.ready
        column = column_counter(m, self._layer, begun)
        if column is not None:
            # Of a vector whose counts are several beats, the first one announces it.
            begun &= column == 0
        m.d.sync += inside.eq(inside + begun - (neuron.o.valid & neuron.o.ready))
        m.d.comb += [dropout.coming.eq(self.i.valid | (inside != 0)), dropout.code.eq(self.code)]

        return m


#: Vectors of activations that the neurons hold.
_PLACES = 2
