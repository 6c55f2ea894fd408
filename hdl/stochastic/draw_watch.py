"""Self-test of all stochastic units."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from .self_test import SelfTest
from .self_test_bank import SelfTestBank, SelfTestBankPort
from .watched_draw import WatchedDraw

__all__ = ["DrawWatch"]


class DrawWatch(wiring.Component):
    """Self-test of every unit with drop codes.

    Units whose draws no drop code decides cannot be watched. A list of connections: a :class:`SelfTest` where there is
    one such unit, otherwise a :class:`SelfTestBank`, whose numbers are there a cycle later.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration with a self-test.

    Members
    -------
    units : :py:`In(WatchedDraw(config)).array(len(watched_units))`
        Draws of each unit.
    registers : :py:`In(SelfTestBankPort(config))`
        Limits, and findings.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__(
            {
                "units": In(WatchedDraw(config)).array(len(config.stochastic.watched)),
                "registers": In(SelfTestBankPort(config)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        kind = SelfTest if len(self.units) == 1 else SelfTestBank
        m.submodules.self_test = self_test = kind(self._config)
        for unit, sink in zip(self.units, self_test.units, strict=True):
            for name in WatchedDraw(self._config).members:
                m.d.comb += getattr(sink, name).eq(getattr(unit, name))
        for name, member in SelfTestBankPort(self._config).members.items():
            inner, outer = getattr(self_test, name), getattr(self.registers, name)
            m.d.comb += inner.eq(outer) if member.flow is Out else outer.eq(inner)
        return m
