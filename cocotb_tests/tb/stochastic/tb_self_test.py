"""Testbench of :class:`hdl.stochastic.SelfTest`."""

from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge

from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import PortMonitor, drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from golden.draws import SelfTestRecord, lfsr, watch
from hdl.config import SelfTestConfig

_NUMBERS = ("draws", "drops", "deviation", "complete")

#: Cycles from a draw to the flags that it raises.
_LATENCY = 2


class _Bench:
    """Monitor of the draws, limits, and golden.

    Golden gets the draws that the block saw.
    """

    def __init__(self, dut: Any, stalls: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self_test = self.config.self_test
        assert self_test is not None, "this testbench needs a self-test"
        self.limits: SelfTestConfig = self_test
        self.select = 0
        self._masks = self.config.stochastic.mask_width
        self.rng = np.random.default_rng(parameters.rng(stalls).getrandbits(32))
        self.compared = 0
        self._stalls = stalls.pattern(parameters.rng(stalls))
        self._seen: list[dict[str, int]] = []
        start_clock(dut)
        inputs = ("draw", "dropped", *(("index",) if self._masks else ()), "code")
        drive(dut, clear=0, **dict.fromkeys(inputs, 0))
        self.set_limits(self.limits)
        PortMonitor(dut, inputs, self._draw)

    async def reset(self) -> None:
        """Reset, and forget the draws."""
        drive(self.dut, draw=0)
        await reset(self.dut)
        self._seen.clear()

    async def clear(self) -> None:
        """Clear, and forget the draws, one in the same cycle among them."""
        drive(self.dut, draw=1, clear=1)
        await FallingEdge(self.dut.clk)
        drive(self.dut, draw=0, clear=0)
        self._seen.clear()

    def set_limits(self, limits: SelfTestConfig, select: int = 0) -> None:
        """Put ``limits`` and the selection on the ports."""
        self.limits, self.select = limits, select
        drive(self.dut, bound=limits.bound, drop_run=limits.drop_run, keep_run=limits.keep_run)
        if self._masks:
            drive(self.dut, select=select)

    async def draw(self, dropped: Any, codes: Any) -> None:
        """Make draws, with pauses, and compare everything after them; arrays or lists of one length."""
        for place, (bit, code) in enumerate(zip(dropped, codes, strict=True)):
            while next(self._stalls):
                await FallingEdge(self.dut.clk)
            drive(self.dut, draw=1, dropped=int(bit), code=int(code))
            if self._masks:
                drive(self.dut, index=place % self._masks)
            await FallingEdge(self.dut.clk)
            drive(self.dut, draw=0)
        # A window ends within as many draws as it has; the last is judged now.
        await cycles(self.dut, _LATENCY)
        self.compare()

    def record(self) -> SelfTestRecord:
        """Return golden's findings for the draws that the block has seen."""
        dropped, index, codes = (
            np.array([each.get(name, 0) for each in self._seen]) for name in ("dropped", "index", "code")
        )
        random = self.config.random
        return watch(self.limits, dropped, codes, draw_bits=random.draw_bits, index=index, select=self.select)

    def compare(self) -> SelfTestRecord:
        """Compare the outputs of the block with golden; the last draw was two cycles ago or earlier."""
        record = self.record()
        windows = len(record.drops)
        expected = {
            "draws": record.draws,
            "drops": int(record.drops[-1]) if windows else 0,
            "deviation": int(record.deviations[-1]) if windows else 0,
            "complete": int(windows > 0),
            "stuck": int(record.stuck[-1]),
            "out_of_bounds": int(record.out_of_bounds[-1]),
        }
        assert self.shown() == expected, f"after {record.draws} draws: {self.shown()}, not {expected}"
        self.compared += 1
        return record

    def shown(self) -> dict[str, int]:
        """Return the findings of the block."""
        ports = {name: self.dut[name].value for name in (*_NUMBERS, "stuck", "out_of_bounds")}
        return {
            name: value.to_signed()
            if name == "deviation"
            else value.to_unsigned()
            if hasattr(value, "to_unsigned")
            else int(value)
            for name, value in ports.items()
        }

    def _draw(self, ports: dict[str, int]) -> None:
        if ports["draw"]:
            self._seen.append(ports)


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def windows_are_those_of_golden(dut: Any, stalls: Stalls) -> None:
    """Random draws, codes, bounds and selections, cleared in between."""
    bench = _Bench(dut, stalls)
    await bench.reset()
    alarms = set()
    for attempt in range(12):
        limits = bench.limits.model_copy(update={"bound": int(bench.rng.integers(bench.limits.window // 2))})
        bench.set_limits(limits, attempt % (bench.config.stochastic.mask_width + 1))
        for _ in range(6):
            count = int(bench.rng.integers(1, 2 * limits.window))
            codes = bench.rng.integers(0, 2**bench.config.random.draw_bits, count)
            await bench.draw(bench.rng.integers(0, 2, count), codes)
        record = bench.record()
        alarms.add(bool(record.out_of_bounds[-1]))
        await bench.clear()
        assert not any(bench.shown().values())
    assert alarms == {False, True}
    assert bench.compared == 12 * 6


@testcase()
async def draws_of_the_register_raise_no_alarm(dut: Any) -> None:
    """With the codes of the configuration, over two thousand draws."""
    bench = _Bench(dut)
    config = bench.config
    await bench.reset()
    # Of so small a window the bound must be all of it, and the runs longer, for so many draws to be good.
    wide = bench.limits.model_copy(update={"bound": bench.limits.window, "drop_run": 30, "keep_run": 30})
    bench.set_limits(wide)
    count = 2000 // len(config.stochastic.drop_codes) * len(config.stochastic.drop_codes)
    codes = np.resize(config.stochastic.drop_codes, count)
    await bench.draw(lfsr.draws(config.random, config.random.seed, 0, count) < codes, codes)
    record = bench.record()
    assert not record.stuck[-1]
    assert not record.out_of_bounds[-1]
    assert bench.compared == 1


@testcase()
async def faults_raise_an_alarm(dut: Any) -> None:
    """Stuck at either value: the run that fills the limit, at once; and every alarm stays through good draws."""
    bench = _Bench(dut)
    code = 2 ** (bench.config.random.draw_bits - 1)
    for bit, limit in ((1, bench.limits.drop_run), (0, bench.limits.keep_run)):
        await bench.reset()
        await bench.draw([1 - bit], [code])
        await bench.draw([bit] * (limit - 1), [code] * (limit - 1))
        assert not bench.shown()["stuck"]
        await bench.draw([bit], [code])
        assert bench.shown()["stuck"]
        await bench.draw([0, 1] * 40, [code] * 80)
        assert bench.shown()["stuck"]
    assert bench.compared == 2 * 4
