"""Self-tests of all sources of randomness."""

from amaranth import Array, Cat, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import index_width
from .self_test import SelfTest, SelfTestPort
from .watched_draw import WatchedDraw

__all__ = ["SelfTestBank", "SelfTestBankPort"]


class SelfTestBankPort(wiring.Signature):
    """Limits and findings, from the registers' side.

    Members as in :class:`SelfTestBank`.

    For a single watched unit it is :class:`SelfTestPort`.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration with a self-test.
    """

    def __init__(self, config: CoreConfig):
        units = len(config.stochastic.watched)
        chosen = {"unit": Out(index_width(units)), "alarms": In(units)} if units > 1 else {}
        super().__init__({**SelfTestPort(config).members, **chosen})


class SelfTestBank(wiring.Component):
    """Self-tests of several stochastic units.

    One :class:`SelfTest` for each, in parallel and with the same limits.

    Findings are valid a cycle later than in :class:`SelfTest`, or than the choice of another unit; clearing takes
    effect equally early.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration with a self-test of several units.

    Members
    -------
    units : :py:`In(WatchedDraw(config)).array(len(watched_units))`
        Draws of each unit.
    unit : :py:`In(range(len(watched_units)))`
        Unit whose numbers and flags are shown.
    alarms : :py:`Out(len(watched_units))`
        Bit ``u``: unit ``u`` has raised an alarm of either kind.
    select, bound, drop_run, keep_run, clear
        As in :class:`SelfTest`, for all units. Windows of a selected mask bit are those of its unit; the others have
        none.
    draws, drops, deviation, complete, stuck, out_of_bounds
        As in :class:`SelfTest`, of the chosen unit.

    Raises
    ------
    ValueError
        The configuration has no self-test, or one of a single unit.
    """

    def __init__(self, config: CoreConfig):
        port = SelfTestBankPort(config).flip()
        units = len(config.stochastic.watched)
        if units < 2:
            raise ValueError(f"SelfTestBank config must have several units to watch, not {units!r}")
        self._config = config
        super().__init__({"units": In(WatchedDraw(config)).array(units), **port.members})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        tests = []
        for index, watched in enumerate(self.units):
            m.submodules[f"unit_{index}"] = test = SelfTest(self._config)
            tests.append(test)
            for name in WatchedDraw(self._config).members:
                m.d.comb += getattr(test, name).eq(getattr(watched, name))

        # Registered, so that many units do not lengthen the critical path: an access to the registers takes longer than
        # that.
        shown = []
        for name, member in SelfTestPort(self._config).members.items():
            own = [getattr(test, name) for test in tests]
            if member.flow is Out:
                m.d.comb += [each.eq(getattr(self, name)) for each in own]
            else:
                shown.append(getattr(self, name))
                m.d.sync += shown[-1].eq(Array(own)[self.unit])
        m.d.sync += self.alarms.eq(Cat(test.stuck | test.out_of_bounds for test in tests))
        with m.If(self.clear):
            m.d.sync += [signal.eq(0) for signal in (*shown, self.alarms)]

        return m
