"""Logits of every pass, from the counts of the last layer."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..contract import Program
from ..streams import Counts, Logit, Preactivation, StreamQueue, index_width
from .logit_correction import LogitCorrection
from .logit_scaler import Correction
from .logits import Logits

__all__ = ["LogitUnit"]


class LogitUnit(wiring.Component):
    """Corrected logits, class after class.

    A list of connections: :class:`Logits`, a queue of two, and :class:`LogitCorrection`. No input depends
    combinationally on ``o.ready``. The first logit is there seven cycles after the counts were taken, then one a cycle.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    program : :class:`Program`, optional
        Initial constants of the correction.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, config.layers[-1])))`
        Counts of the last layer.
    o : :py:`Out(stream.Signature(Logit(config)))`
        Logits, class 0 first.
    write, read, index, constants, stored
        As in :class:`LogitCorrection`. Only while there are no counts and no logits.
    """

    def __init__(self, config: CoreConfig, program: Program | None = None):
        self._config = config
        self._program = program
        super().__init__(
            {
                "i": In(stream.Signature(Counts(config, config.layers[-1]))),
                "o": Out(stream.Signature(Logit(config))),
                "write": In(1),
                "read": In(1),
                "index": In(index_width(config.network.classes)),
                "constants": In(Correction(config)),
                "stored": Out(Correction(config)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.logits = logits = Logits(self._config)
        # So that no layer waits for an output within one cycle.
        m.submodules.preactivations = waiting = StreamQueue(Preactivation(self._config), 2, buffered=False)
        m.submodules.correction = correction = LogitCorrection(self._config, self._program)
        wiring.connect(m, wiring.flipped(self.i), logits.i)
        wiring.connect(m, logits.o, waiting.i)
        wiring.connect(m, waiting.o, correction.i)
        wiring.connect(m, correction.o, wiring.flipped(self.o))
        m.d.comb += [
            correction.write.eq(self.write),
            correction.read.eq(self.read),
            correction.index.eq(self.index),
            correction.constants.eq(self.constants),
            self.stored.eq(correction.stored),
        ]
        return m
