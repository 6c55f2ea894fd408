"""Testbench of :class:`hdl.stochastic.Lfsr`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from golden.draws import lfsr
from hdl.config import RandomConfig

_DRAWS = 150


async def _start(dut: Any) -> None:
    start_clock(dut)
    drive(dut, step=0, load=0, seed=0)
    await reset(dut)


async def _compare(dut: Any, random: RandomConfig, seed: int, first: int, count: int, stalls: Any) -> None:
    """Compare ``count`` draws from number ``first`` on; a draw stays until it is used up."""
    for expected in lfsr.draws(random, seed, first, count).tolist():
        paused = True
        while paused:
            paused = next(stalls)
            drive(dut, step=not paused)
            await ReadOnly()
            draw = int(dut.draw.value)
            assert draw == expected, f"{draw:#x}, not {expected:#x}, from seed {seed:#x}"
            await FallingEdge(dut.clk)
    drive(dut, step=0)


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def draws_follow_the_seed(dut: Any, stalls: Stalls) -> None:
    """From reset; again after a reset in mid-sequence."""
    parameters = Parameters.load()
    random, pattern = parameters.core.random, stalls.pattern(parameters.rng(stalls))
    await _start(dut)
    await _compare(dut, random, random.seed, 0, _DRAWS, pattern)
    await reset(dut)
    await _compare(dut, random, random.seed, 0, _DRAWS, pattern)


@testcase()
async def seeds_are_loaded(dut: Any) -> None:
    """Seeds with one bit, all and random bits; loading wins over stepping."""
    parameters = Parameters.load()
    random, rng = parameters.core.random, parameters.rng("seeds")
    never = Stalls.NEVER.pattern(rng)
    await _start(dut)
    width = random.lfsr_width
    for seed in [1 << bit for bit in range(width)] + [2**width - 1] + [rng.randrange(1, 2**width) for _ in range(8)]:
        drive(dut, load=1, seed=seed, step=rng.getrandbits(1))
        await FallingEdge(dut.clk)
        drive(dut, load=0, step=0, seed=rng.getrandbits(width))
        await _compare(dut, random, seed, 0, 2 * width, never)


@testcase()
async def a_seed_of_zero_is_ignored(dut: Any) -> None:
    """The sequence goes on, and steps if told to."""
    parameters = Parameters.load()
    random, never = parameters.core.random, Stalls.NEVER.pattern(parameters.rng())
    await _start(dut)
    await _compare(dut, random, random.seed, 0, 5, never)
    for step in (0, 1):
        drive(dut, load=1, seed=0, step=step)
        await FallingEdge(dut.clk)
        drive(dut, load=0)
    await _compare(dut, random, random.seed, 6, _DRAWS, never)
