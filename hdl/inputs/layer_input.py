"""Input side of a layer."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..streams import WordLines
from .flatten import Flatten
from .line_driver import LineDriver
from .window_buffer import WindowBuffer

__all__ = ["LayerInput"]


class LayerInput(wiring.Component):
    """Word lines of a layer, from preceding activations.

    A list of connections: a :class:`WindowBuffer` before a convolution or a :class:`Flatten` behind the last map, where
    there is one, and a :class:`LineDriver`. Latency and throughput are theirs.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        The layer whose word lines are driven.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, …)))`
        Activations of the layer before, or positions of the image.
    o : :py:`Out(WordLines(config, layer))`
        The crossbar's access to the vectors.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        self._driver = LineDriver(config, layer)
        self._gather: WindowBuffer | Flatten | None = None
        if layer.window is not None:
            self._gather = WindowBuffer(config, layer)
        elif layer.flattened is not None:
            self._gather = Flatten(config, layer.flattened)
        first = self._gather or self._driver
        super().__init__({"i": In(first.i.signature.flip()), "o": Out(WordLines(config, layer))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.line_driver = driver = self._driver
        if self._gather is None:
            wiring.connect(m, wiring.flipped(self.i), driver.i)
        else:
            m.submodules.gather = self._gather
            wiring.connect(m, wiring.flipped(self.i), self._gather.i)
            wiring.connect(m, self._gather.o, driver.i)
        wiring.connect(m, driver.o, wiring.flipped(self.o))
        return m
