"""Monte-Carlo passes before the first crossbar."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import WordLines
from .pass_counter import PassCounter

__all__ = ["VectorRepeater"]


class VectorRepeater(wiring.Component):
    """Repeated reads by the first crossbar.

    One read per pass, for weights that are drawn anew. Combinational in both directions; holds a pass counter and no
    data. The next pass may be read in the cycle after.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of a core that begins with no convolution.

    Members
    -------
    i : :py:`In(WordLines(config, config.layers[0]))`
        Inputs, each done with its last pass. Their tags are ignored.
    o : :py:`Out(WordLines(config, config.layers[0]))`
        The same inputs, tagged with their passes.
    passes
        As in :class:`PassCounter`.
    """

    def __init__(self, config: CoreConfig):
        if config.layers[0].window is not None:
            raise ValueError(f"VectorRepeater config must begin with no convolution, not {config.name!r}")
        self._config = config
        lines = WordLines(config, config.layers[0])
        super().__init__({"i": In(lines), "o": Out(lines), "passes": In(config.passes_width)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.counter = counter = PassCounter(self._config)
        m.d.comb += [
            self.o.valid.eq(self.i.valid),
            self.o.tag.last.eq(counter.last),
            *(target.eq(source) for target, source in zip(self.o.bits, self.i.bits, strict=True)),
            self.i.read.eq(self.o.read),
            self.i.group.eq(self.o.group),
            self.i.plane.eq(self.o.plane),
            self.i.done.eq(self.o.done & counter.last),
            counter.step.eq(self.o.read & self.o.done),
            counter.passes.eq(self.passes),
        ]
        return m
