"""Proofs of the self-test of several units."""

from collections.abc import Iterator

from amaranth import Array, Cat, Module, Mux
from amaranth.hdl import Assert, Assume, Cover, Fragment
from amaranth.lib.wiring import In

from ...config import CoreConfig, SelfTestConfig
from ...config.geometries import geometry, variant
from ...stochastic import SelfTest, SelfTestBank, SelfTestPort, WatchedDraw
from ..bench import Bench
from ..claims import past
from ..internals import Internals
from ..proof import Method, Proof
from .self_test import STATE

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic.self_test_bank.SelfTestBank`."""
    self_test = SelfTestConfig(window_bits=1, bound=1, drop_run=2, keep_run=3)
    for base in (geometry("padded_small"), variant("channels", "channels_1", random={"units": 1})):
        random = base.random.model_copy(update={"units": 2 if base.stochastic.mask_width else 1})
        config = base.model_copy(update={"self_test": self_test, "random": random})
        units = len(config.stochastic.watched)
        yield Proof(
            block="self_test_bank",
            name=config.name,
            claim="each unit has a self-test of its own, which sees its draws and no others, and the limits of all; "
            "what is shown is that of the chosen unit a cycle ago, an alarm is told where a unit had one a cycle ago, "
            "and all is 0 in the cycle after it was cleared",
            sizes=f"`{config.name}`: {units} units, {config.stochastic.mask_width} mask bits, W = {self_test.window}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                SelfTestBank(config), lambda m, dut, internals: _bank(config, m, dut, internals)
            ),
            cover_depth=2 * self_test.window + 6,
        )


def _bank(config: CoreConfig, m: Module, dut: SelfTestBank, internals: Internals) -> None:
    m.d.comb += Assume(dut.unit < len(config.stochastic.watched))
    members = SelfTestPort(config).members
    shown = [name for name, member in members.items() if member.flow is In]
    # The same beside it, one for each unit.
    alone = []
    for unit, watched in enumerate(dut.units):
        test = SelfTest(config)
        alone.append(test)
        m.submodules[f"alone_{unit}"] = fragment = Fragment.get(test, None)
        m.d.comb += [getattr(test, name).eq(getattr(watched, name)) for name in WatchedDraw(config).members]
        m.d.comb += [getattr(test, name).eq(getattr(dut, name)) for name in members if name not in shown]
        # Inductive invariants.
        for name in (*STATE, *shown):
            m.d.comb += Assert(internals[f"unit_{unit}"].signal(name) == Internals(fragment).signal(name))
    for name in shown:
        chosen = Array(getattr(test, name) for test in alone)[dut.unit]
        m.d.comb += Assert(getattr(dut, name) == past(m, Mux(dut.clear, 0, chosen)))
    alarms = Cat(test.stuck | test.out_of_bounds for test in alone)
    m.d.comb += [
        Assert(dut.alarms == past(m, Mux(dut.clear, 0, alarms))),
        *(Cover(dut.alarms == 1 << unit) for unit in range(len(alone))),
        Cover(dut.alarms.all()),
        Cover(dut.complete & (dut.unit == len(alone) - 1)),
    ]
