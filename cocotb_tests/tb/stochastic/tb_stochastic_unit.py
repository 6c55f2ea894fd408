"""Testbench of :class:`hdl.stochastic.StochasticUnit`."""

from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge

from cocotb_tests.agents.agents import StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycle, cycles, reset, start_clock
from cocotb_tests.agents.lanes import from_bits
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.scoreboard import Scoreboard
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from golden.draws import masks

_MASKS = 60


class _Bench:
    """Codes and demand on one side, a sink on the other."""

    def __init__(self, dut: Any, wanted: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.rng = parameters.rng(wanted, sink)
        self.codes = list(self.config.stochastic.drop_codes)
        self.seed = self.config.random.seed
        self.scoreboard = Scoreboard(dut)
        start_clock(dut)
        drive(dut, demand=0, load=0, seed=0)
        self._wanted = wanted.pattern(self.rng)
        self.blocked = False
        StreamSink(dut, "o", (self.blocked or paused for paused in sink.pattern(self.rng)))
        self.given = StreamMonitor(dut, "o", self.config.stochastic.mask_width, self.scoreboard.observe, revoke="load")

    async def reset(self) -> None:
        """Reset, and start the sequence again from the initial seed."""
        drive(self.dut, demand=0, load=0)
        self.set_codes(self.codes)
        await reset(self.dut)
        self.scoreboard.forget()
        self.seed = self.config.random.seed

    def set_codes(self, codes: list[int]) -> None:
        """Put ``codes`` on the ports."""
        self.codes = codes
        drive(self.dut, **{f"codes__{layer}": code for layer, code in enumerate(codes)})

    async def load(self, seed: int) -> None:
        """Load ``seed``, whatever is going on."""
        for unit, state in enumerate(
            self.config.stochastic.seeds(seed)[: self.config.stochastic.shared] if seed else [0]
        ):
            drive(self.dut, demand=0, load=1 << unit, seed=state)
            await FallingEdge(self.dut.clk)
        drive(self.dut, load=0, seed=self.rng.getrandbits(self.config.random.lfsr_width))

    def expect(self, count: int, first: int = 0) -> None:
        """Expect ``count`` masks of the sequence, from mask ``first`` on."""
        given = masks(
            self.config,
            np.array(self.codes),
            self.seed,
            count,
            passes=1,
            first_pass=first,
        )
        self.scoreboard.expect(*(from_bits(mask) for mask in given[:, 0].tolist()))

    async def want(self, count: int) -> None:
        """Demand masks, with pauses, until ``count`` more have been taken."""
        target = self.scoreboard.matched + count
        while self.scoreboard.matched < target:
            # The unit never draws ahead: demand ends with the last mask.
            drive(self.dut, demand=int(not next(self._wanted)))
            await FallingEdge(self.dut.clk)
        drive(self.dut, demand=0)


@testcase()
@cocotb.parametrize(wanted=list(Stalls), sink=list(Stalls))
async def masks_follow_the_seed(dut: Any, wanted: Stalls, sink: Stalls) -> None:
    """The same whatever the pauses on either side."""
    bench = _Bench(dut, wanted, sink)
    await bench.reset()
    bench.expect(_MASKS)
    await bench.want(_MASKS)
    await bench.scoreboard.finish(at_least=_MASKS)
    if wanted is sink is Stalls.NEVER:
        # A draw of each register a cycle, and one in which the mask is taken.
        gaps = {later - sooner for sooner, later in zip(bench.given.cycles, bench.given.cycles[1:], strict=False)}
        assert gaps == {bench.config.stochastic.mask_steps + 1}


@testcase()
async def a_mask_takes_a_cycle_a_bit(dut: Any) -> None:
    """Nothing comes unless it is wanted, and then after as many cycles as it has bits for each register."""
    bench = _Bench(dut)
    await bench.reset()
    await cycles(dut, 20)
    bench.expect(1)
    wanted = cycle()
    drive(dut, demand=1)
    while not bench.scoreboard.matched:
        await FallingEdge(dut.clk)
        if cycle() == wanted + bench.config.stochastic.mask_steps:
            drive(dut, demand=0)
    assert bench.given.cycles == [wanted + bench.config.stochastic.mask_steps]
    await bench.scoreboard.finish()


@testcase()
async def a_reset_begins_the_sequence_anew(dut: Any) -> None:
    """Wherever the draws were: half of a mask and a mask that waits are forgotten, and the initial seed is back."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    for _ in range(8):
        bench.blocked = True
        await cycles(dut, 2)
        await bench.load(bench.rng.randrange(1, 2**bench.config.random.lfsr_width))
        drive(dut, demand=1)
        await cycles(dut, bench.rng.randint(1, 2 * bench.config.stochastic.mask_width))
        await bench.reset()
        bench.blocked = False
        bench.expect(8)
        await bench.want(8)
    await bench.scoreboard.finish(at_least=8 * 8)


@testcase()
async def codes_decide(dut: Any) -> None:
    """0 never drops; the largest code almost always; anything between as golden says."""
    bench = _Bench(dut)
    highest = 2**bench.config.random.draw_bits - 1
    width = bench.config.stochastic.mask_width
    for codes in ([0] * width, [highest] * width, [bench.rng.randint(0, highest) for _ in range(width)]):
        bench.codes = codes
        await bench.reset()
        bench.expect(_MASKS)
        await bench.want(_MASKS)
    await bench.scoreboard.finish(at_least=3 * _MASKS)


@testcase()
async def seeds_are_loaded_at_any_time(dut: Any) -> None:
    """In mid-draw, or while a mask waits: the sequence begins anew. A seed of 0 changes nothing."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    await bench.reset()
    for _ in range(12):
        # A mask that is ready or half drawn, and that nobody takes.
        bench.blocked = True
        await cycles(dut, 2)
        drive(dut, demand=1)
        await cycles(dut, bench.rng.randint(1, 2 * bench.config.stochastic.mask_width + 2))
        bench.seed = bench.rng.randrange(1, 2**bench.config.random.lfsr_width)
        await bench.load(bench.seed)
        bench.blocked = False
        bench.expect(8)
        await bench.want(4)
        bench.blocked = True
        await cycles(dut, 2)
        drive(dut, demand=1)
        await cycles(dut, bench.rng.randint(1, 2 * bench.config.stochastic.mask_width + 2))
        await bench.load(0)
        bench.blocked = False
        await bench.want(4)
    await bench.scoreboard.finish(at_least=12 * 8)
