"""Testbench of :class:`hdl.passes.FrameRepeater`."""

from typing import Any

import cocotb

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.repeat_bench import RepeatBench

_IMAGES = 3


class _Bench(RepeatBench):
    """Bench that takes a mask only on demand."""

    watched = "mask__ready"

    def may_be(self, demand: bool, watched: bool) -> bool:
        return demand or not watched


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def every_pass_has_its_mask(dut: Any, source: Stalls, sink: Stalls) -> None:
    """For one pass, the most and any number; without stalls a position a cycle from two cycles after the first."""
    bench = _Bench(dut, source, sink)
    most = bench.config.bayes.max_passes
    for passes in sorted({1, most, bench.rng.randint(1, most)}):
        await bench.reset(passes)
        await bench.send(_IMAGES)
        await bench.finish(_IMAGES)
        if source is sink is Stalls.NEVER:
            start = bench.taken.cycles[0] + 2
            assert bench.monitor.cycles == list(range(start, start + len(bench.given)))


@testcase()
async def a_reset_begins_with_the_first_pass(dut: Any) -> None:
    """Wherever the counters were."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    most = bench.config.bayes.max_passes
    for _ in range(6):
        await bench.reset(most)
        sending = cocotb.start_soon(bench.send(2))
        await cycles(dut, bench.rng.randint(1, 2 * most * bench.layer.beats))
        sending.cancel()
    await bench.reset(most)
    await bench.send(_IMAGES)
    await bench.finish(_IMAGES)
