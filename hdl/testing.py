"""Helpers for testing streaming components in Amaranth's own simulator."""

from collections.abc import Callable
from typing import Any

from amaranth.lib import wiring
from amaranth.sim import Simulator

__all__ = ["simulate", "stream_get", "stream_put"]

_PERIOD = 1e-6


async def stream_put(ctx: Any, stream: Any, payload: Any, *, idle: int = 0) -> None:
    """Offer ``payload`` after ``idle`` empty cycles and return once it is taken."""
    if idle:
        await ctx.tick().repeat(idle)
    ctx.set(stream.payload, payload)
    ctx.set(stream.valid, 1)
    await ctx.tick().until(stream.ready)
    ctx.set(stream.valid, 0)


async def stream_get(ctx: Any, stream: Any, *, idle: int = 0) -> Any:
    """Refuse for ``idle`` cycles, then take and return the next payload."""
    if idle:
        await ctx.tick().repeat(idle)
    ctx.set(stream.ready, 1)
    (payload,) = await ctx.tick().sample(stream.payload).until(stream.valid)
    ctx.set(stream.ready, 0)
    return payload


def simulate(dut: wiring.Component, *testbenches: Callable, max_cycles: int = 10_000) -> None:
    """Run ``testbenches`` to completion, or fail if that takes more than ``max_cycles``."""

    async def watchdog(ctx):
        await ctx.delay(max_cycles * _PERIOD)
        raise TimeoutError(f"{type(dut).__name__} did not finish in {max_cycles} cycles")

    sim = Simulator(dut)
    sim.add_clock(_PERIOD)
    for testbench in testbenches:
        sim.add_testbench(testbench)
    sim.add_testbench(watchdog, background=True)
    sim.run()
