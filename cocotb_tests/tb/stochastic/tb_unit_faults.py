"""Testbench of a core with several external sources.

Its draws come from outside, through AXI; a self-test watches each source.
"""

import dataclasses
from typing import Any

import cocotb
import numpy as np

from cocotb_tests.agents.entropy import Fault
from cocotb_tests.benches.axi_bench import AxiBench
from golden.draws import SelfTestRecord, watch_units
from hdl.config import SelfTestConfig
from hdl.contract import WORD_WIDTH, Command, Register, code_register

#: Error of every p under a fault.
_SHIFT = 0.1

#: Faults by name, and the unit that has it in that test.
_FAULTY = {"stuck at drop": 2, "stuck at keep": 0, "p + 0.1": 1, "p - 0.1": 0}


def _testcase() -> Any:
    return cocotb.test(timeout_time=10, timeout_unit="sec")


class _Bench:
    """A bench of AXI ports and self-test registers."""

    def __init__(self, dut: Any):
        self.axi = AxiBench(dut)
        self.config = self.axi.config
        self_test = self.config.self_test
        assert self_test is not None, "this testbench needs a self-test"
        assert self.config.stochastic.shared > 1, "this testbench needs several units"
        self.self_test: SelfTestConfig = self_test
        self.passes = self.config.bayes.max_passes

    async def reset(self) -> None:
        """Begin anew, with as many passes per input as there can be and the codes of the configuration."""
        await self.axi.reset()
        await self.axi.quiet()
        await self.axi.write(Register.PASSES, self.passes)
        codes = self.config.stochastic.drop_codes
        await self.axi.write_all((code_register(bit), code) for bit, code in enumerate(codes))
        self.axi.load(dataclasses.replace(self.axi.program, codes=np.array(codes)))
        await self.axi.write(Register.CONTROL, 1)

    async def run(self, inputs: int) -> None:
        """Run inputs and compare their results."""
        for _ in range(inputs):
            self.axi.send(self.axi.pixels())
        await self.axi.finish()

    async def compare(self) -> tuple[SelfTestRecord, ...]:
        """Compare all registers, of each unit, with golden's, given the draws of all inputs."""
        records = watch_units(self.config, self.config.stochastic.drop_codes, [self.axi.sequence.used])
        for unit, record in enumerate(records):
            await self.axi.write(Register.SELF_TEST_UNIT, unit)
            deviation = await self.read(Register.SELF_TEST_DEVIATION)
            found = (
                await self.read(Register.SELF_TEST),
                await self.read(Register.SELF_TEST_DRAWS),
                await self.read(Register.SELF_TEST_DROPS),
                deviation - (deviation >> WORD_WIDTH - 1 << WORD_WIDTH),
            )
            windows = len(record.drops)
            expected = (
                int(record.stuck[-1]) | int(record.out_of_bounds[-1]) << 1 | int(windows > 0) << 2,
                record.draws,
                int(record.drops[-1]) if windows else 0,
                int(record.deviations[-1]) if windows else 0,
            )
            assert found == expected, f"flags, draws, drops, deviation of unit {unit}: {found}, not {expected}"
        alarms = sum(bool(each.stuck[-1] or each.out_of_bounds[-1]) << unit for unit, each in enumerate(records))
        assert await self.read(Register.SELF_TEST_ALARMS) == alarms
        return records

    async def read(self, register: Register) -> int:
        """Return the value of a register that depends on the draws."""
        data, error = await self.axi.access(register, expect=False)
        assert not error, register.name
        return data

    def fault(self, name: str) -> tuple[Fault, str, int]:
        """Return a fault, the alarm that it must raise, and within how many draws of its unit."""
        config, self_test = self.config, self.self_test
        highest, shift = 2**config.random.draw_bits - 1, round(_SHIFT * 2**config.random.draw_bits)
        # A window that is under way, and the next.
        windows = 2 * self_test.window - 1
        return {
            "stuck at drop": (lambda _: 0, "stuck", self_test.drop_run),
            "stuck at keep": (lambda _: highest, "stuck", self_test.keep_run),
            "p + 0.1": (lambda draw: max(draw - shift, 0), "out_of_bounds", windows),
            "p - 0.1": (lambda draw: min(draw + shift, highest), "out_of_bounds", windows),
        }[name]


@_testcase()
@cocotb.parametrize(name=list(_FAULTY))
async def a_faulty_unit_is_named_in_time(dut: Any, name: str) -> None:
    """After good draws without an alarm, within the stated number of its draws; it alone, until cleared."""
    bench, unit = _Bench(dut), _FAULTY[name]
    fault, alarm, bound = bench.fault(name)
    await bench.reset()
    await bench.run(3)
    records = await bench.compare()
    assert await bench.read(Register.SELF_TEST_ALARMS) == 0
    good = records[unit].draws
    bench.axi.sequence.faults[unit] = fault
    draws = bench.passes * len(bench.config.stochastic.watched[unit])
    await bench.run(-(-bound // draws) + 1)
    records = await bench.compare()
    first = int(getattr(records[unit], alarm).argmax())
    # One beat may have waited at the port since before.
    assert good <= first <= good + bound, f"the alarm came with draw {first}, {bound} after {good} being its bound"
    assert await bench.read(Register.SELF_TEST_ALARMS) == 1 << unit
    await bench.axi.quiet()
    await bench.axi.write(Register.COMMAND, Command.CLEAR_COUNTERS)
    assert await bench.read(Register.SELF_TEST_ALARMS) == 0


@_testcase()
async def good_units_are_not_told(dut: Any) -> None:
    """Over a full window of each."""
    bench = _Bench(dut)
    await bench.reset()
    slowest = min(len(bits) for bits in bench.config.stochastic.watched)
    await bench.run(-(-bench.self_test.window // (bench.passes * slowest)))
    records = await bench.compare()
    assert all(len(record.drops) for record in records)
    assert await bench.read(Register.SELF_TEST_ALARMS) == 0
