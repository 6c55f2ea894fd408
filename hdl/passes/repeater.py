"""Monte-Carlo passes."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import Counts
from .pass_counter import PassCounter

__all__ = ["Repeater"]


class Repeater(wiring.Component):
    """Repeater of the first layer's counts.

    Sends the counts once per pass, each time with a fresh mask. Everything upstream is computed once per input.
    Combinational from input to output; holds a
    pass counter and no data. One pass a cycle as far as the masks allow.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, config.layers[0])))`
        Counts, each taken with its last pass. Their tags are ignored.
    o : :py:`Out(stream.Signature(Counts(config, config.layers[0])))`
        The same counts, tagged with their passes.
    mask : :py:`In(stream.Signature(mask_width))`
        Masks; only where the method is stochastic.
    demand : :py:`Out(1)`
        A mask is requested; only where the method is stochastic.
    passes : :py:`In(passes_width)`
        Passes per input, at least 1. Must be stable while there are counts, and in the cycle before.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        counts = stream.Signature(Counts(config, config.layers[0]))
        members = {"i": In(counts), "o": Out(counts), "passes": In(config.passes_width)}
        if config.stochastic.mask_width:
            members |= {"mask": In(stream.Signature(config.stochastic.mask_width)), "demand": Out(1)}
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.counter = counter = PassCounter(self._config)
        m.d.comb += [
            counter.step.eq(self.o.valid & self.o.ready),
            counter.passes.eq(self.passes),
            self.o.p.planes.eq(self.i.p.planes),
            self.o.p.tag.last.eq(counter.last),
            # The crossbar keeps the counts in place until their final pass is accepted.
            self.i.ready.eq(counter.step & counter.last),
        ]
        if self._config.stochastic.mask_width:
            m.d.comb += [
                self.demand.eq(self.i.valid),
                self.o.valid.eq(self.i.valid & self.mask.valid),
                self.o.p.tag.mask.eq(self.mask.payload),
                self.mask.ready.eq(self.i.valid & self.o.ready),
            ]
        else:
            m.d.comb += self.o.valid.eq(self.i.valid)

        return m
