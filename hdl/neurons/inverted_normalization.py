"""Neurons with inverted normalization."""

from collections.abc import Mapping

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract import Integers
from ..streams import Activations, Counts, QueuedBranch, RowCommand, RowReply
from .affine_transform import AffineTransform, transformed_width
from .mean_comparator import MeanComparator
from .mean_unit import MeanUnit

__all__ = ["InvertedNormalization", "waiting_planes"]


def waiting_planes(layer: Layer) -> int:
    """Return how many planes can wait for their mean: those of a whole map, and of a beat of the next one."""
    return (layer.beats + 1) * transformed_width(layer)


class InvertedNormalization(wiring.Component):
    """Neurons that compare with the mean of their layer.

    A neuron fires where A = G P + C is at least the mean of A over all channels and positions of the input. That is the
    sign of a normalization whose mean and variance are those of the input itself: n A ≥ Σ A. No neuron can fire before
    the whole map was seen: the planes of A wait in a memory for the mean, and while they are compared those of the next
    map come in. The first activations of a map are there ``width + divide_cycles + 4`` cycles after the last of its
    counts was taken, the others follow every ``width`` cycles. A map takes ``period`` cycles. No input depends
    combinationally on ``o.ready``.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        The hidden layer whose counts come in, with `gains` and `constants`.
    contents : mapping of :class:`str` to integer arrays, optional
        Initial ``gains`` and ``constants``, shape (outputs, choices); zeros by default.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, layer)))`
        Counts, one position of a map after the other.
    o : :py:`Out(stream.Signature(Activations(config, layer.outputs)))`
        Activations in the same order.
    command, reply
        As in :class:`RowAccess`. A command waits for the vector in progress to be transformed.
    """

    def __init__(
        self,
        config: CoreConfig,
        layer: Layer,
        *,
        contents: Mapping[str, Integers] | None = None,
    ):
        self._config = config
        self._layer = layer
        self._contents = contents
        super().__init__(
            {
                "i": In(stream.Signature(Counts(config, layer))),
                "o": Out(stream.Signature(Activations(config, layer.outputs))),
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
            }
        )

    @property
    def width(self) -> int:
        """Planes of A."""
        return transformed_width(self._layer)

    @property
    def divide_cycles(self) -> int:
        """Cycles of a division."""
        return MeanUnit(self._config, self._layer).divide_cycles

    @property
    def period(self) -> int:
        """Cycles from map to map while everything is there and taken at once."""
        gains = self._layer.beats if self._layer.column_groups > 1 else 1
        return self._layer.beats * (self.width + 1) + gains * AffineTransform(self._config, self._layer).gain_width

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config, layer = self._config, self._layer

        m.submodules.transform = transform = AffineTransform(config, layer, contents=self._contents)
        m.submodules.planes = planes = QueuedBranch(config, layer.beat_outputs, waiting_planes(layer))
        m.submodules.mean = mean = MeanUnit(config, layer)
        m.submodules.comparator = comparator = MeanComparator(config, layer)
        wiring.connect(m, wiring.flipped(self.i), transform.i)
        wiring.connect(m, wiring.flipped(self.command), transform.command)
        wiring.connect(m, transform.reply, wiring.flipped(self.reply))
        wiring.connect(m, transform.o, planes.i)
        wiring.connect(m, planes.o, mean.i)
        wiring.connect(m, mean.o, comparator.mean)
        wiring.connect(m, planes.branch, comparator.i)
        wiring.connect(m, comparator.o, wiring.flipped(self.o))

        return m
