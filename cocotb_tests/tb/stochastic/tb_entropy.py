"""Testbench of a core with external draws.

The draws of the :class:`hdl.core.Core` are watched by its self-test.
"""

import dataclasses
from typing import Any

import cocotb
import numpy as np

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.entropy import EntropySequence, Fault
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.core_bench import CoreBench
from golden.draws import SelfTestRecord, watch_units
from hdl.config import SelfTestConfig
from hdl.contract import WORD_WIDTH, Command, Register, code_register

_INPUTS = 4

#: Error of every p under a fault.
_SHIFT = 0.1


class _Bench:
    """A core bench, and the registers of the self-test."""

    def __init__(self, dut: Any, *stalls: Stalls):
        self.core = CoreBench(dut, *stalls)
        self.config = self.core.config
        self_test = self.config.self_test
        assert self_test is not None, "this testbench needs a self-test"
        self.self_test: SelfTestConfig = self_test
        self.inputs = 0

    @property
    def sequence(self) -> EntropySequence:
        """Draws of the source."""
        assert self.core.entropy is not None, "this testbench needs draws from outside"
        return self.core.entropy.sequence

    async def reset(self, passes: int) -> None:
        """Begin anew, with the codes of the configuration and ``passes`` passes per input."""
        await self.core.reset()
        self.inputs = 0
        registers, codes = self.core.registers, np.array(self.config.stochastic.drop_codes)
        await registers.disable()
        await registers.write(Register.PASSES, passes)
        for layer, code in enumerate(codes.tolist()):
            await registers.write(code_register(layer), code)
        self.core.passes = passes
        self.core.load(dataclasses.replace(self.core.program, codes=codes))
        await registers.enable()

    async def run(self, inputs: int) -> None:
        """Run inputs and compare all of their outputs."""
        await self.core.send(inputs)
        self.inputs += inputs
        await self.core.finish(inputs=self.inputs)

    async def compare(self) -> SelfTestRecord:
        """Compare the registers with golden's, given the draws of all inputs."""
        draws = self.sequence.used
        (record,) = watch_units(self.config, self.config.stochastic.drop_codes, [draws])
        read = self.core.registers.read
        flags, deviation = await read(Register.SELF_TEST), await read(Register.SELF_TEST_DEVIATION)
        windows = len(record.drops)
        found = (
            flags,
            await read(Register.SELF_TEST_DRAWS),
            await read(Register.SELF_TEST_DROPS),
            deviation - (deviation >> WORD_WIDTH - 1 << WORD_WIDTH),
        )
        expected = (
            int(record.stuck[-1]) | int(record.out_of_bounds[-1]) << 1 | int(windows > 0) << 2,
            draws.size,
            int(record.drops[-1]) if windows else 0,
            int(record.deviations[-1]) if windows else 0,
        )
        assert found == expected, f"flags, draws, drops, deviation: {found}, not {expected}"
        return record


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def draws_are_taken_in_order(dut: Any, source: Stalls, sink: Stalls) -> None:
    """With any pauses, also across a reset in the middle of an input."""
    bench = _Bench(dut, source, sink)
    passes = bench.config.bayes.passes
    await bench.reset(passes)
    await bench.run(_INPUTS)
    await bench.compare()
    sending = cocotb.start_soon(bench.core.send(2))
    await cycles(dut, bench.core.rng.randint(1, 40))
    sending.cancel()
    await bench.reset(passes)
    await bench.run(_INPUTS)
    record = await bench.compare()
    assert record.draws == _INPUTS * passes * bench.config.stochastic.mask_width


def _faults(bench: _Bench) -> dict[str, tuple[Fault, str, int]]:
    """Return by name the fault, the alarm that it must raise, and within how many draws."""
    config, self_test = bench.config, bench.self_test
    highest, shift = 2**config.random.draw_bits - 1, round(_SHIFT * 2**config.random.draw_bits)
    # A window that is under way, and the next.
    windows = 2 * self_test.window - 1
    return {
        "stuck at drop": (lambda _: 0, "stuck", self_test.drop_run),
        "stuck at keep": (lambda _: highest, "stuck", self_test.keep_run),
        "p + 0.1": (lambda draw: max(draw - shift, 0), "out_of_bounds", windows),
        "p - 0.1": (lambda draw: min(draw + shift, highest), "out_of_bounds", windows),
    }


@testcase()
@cocotb.parametrize(name=["stuck at drop", "stuck at keep", "p + 0.1", "p - 0.1"])
async def faults_are_told_in_time(dut: Any, name: str) -> None:
    """After good draws without an alarm, within the stated number of draws; and until cleared."""
    bench = _Bench(dut)
    fault, alarm, bound = _faults(bench)[name]
    passes = bench.config.bayes.max_passes
    await bench.reset(passes)
    await bench.run(3)
    record = await bench.compare()
    assert not record.stuck[-1]
    assert not record.out_of_bounds[-1]
    good = bench.sequence.used.size
    bench.sequence.faults[0] = fault
    draws = passes * bench.config.stochastic.mask_width
    await bench.run(-(-bound // draws) + 1)
    record = await bench.compare()
    first = int(getattr(record, alarm).argmax())
    # One draw may have waited at the port since before.
    assert good <= first <= good + bound, f"the alarm came with draw {first}, {bound} after {good} being its bound"
    registers = bench.core.registers
    await registers.disable()
    await registers.write(Register.COMMAND, Command.CLEAR_COUNTERS)
    for register in (Register.SELF_TEST, Register.SELF_TEST_DRAWS, Register.SELF_TEST_DROPS):
        assert await registers.read(register) == 0


@testcase()
async def good_draws_are_not_told(dut: Any) -> None:
    """Over several windows."""
    bench = _Bench(dut)
    passes = bench.config.bayes.max_passes
    await bench.reset(passes)
    await bench.run(-(-3 * bench.self_test.window // (passes * bench.config.stochastic.mask_width)))
    record = await bench.compare()
    assert len(record.drops) == 3
    assert not record.stuck[-1]
    assert not record.out_of_bounds[-1]
