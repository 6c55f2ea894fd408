"""Helpers for tests in Amaranth's simulator."""

import gc
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from amaranth.lib import data, wiring
from amaranth.sim import Simulator

__all__ = ["StreamMonitor", "pause", "plain", "sending", "simulate", "stream_get", "stream_put", "taking"]

_PERIOD = 1e-6

#: Cycles in which no further beat may come after the expected ones.
_QUIET = 12

Testbench = Callable[[Any], Awaitable[None]]


async def pause(ctx: Any, cycles: int) -> None:
    """Let ``cycles``, 0 or more, go by."""
    if cycles:
        await ctx.tick().repeat(cycles)


async def stream_put(ctx: Any, stream: Any, payload: Any, *, idle: int = 0) -> None:
    """Offer ``payload`` after ``idle`` empty cycles and return once it is taken."""
    await pause(ctx, idle)
    ctx.set(stream.payload, payload)
    ctx.set(stream.valid, 1)
    await ctx.tick().until(stream.ready)
    ctx.set(stream.valid, 0)


async def stream_get(ctx: Any, stream: Any, *, idle: int = 0) -> Any:
    """Refuse for ``idle`` cycles, then take and return the next payload."""
    await pause(ctx, idle)
    ctx.set(stream.ready, 1)
    (payload,) = await ctx.tick().sample(stream.payload).until(stream.valid)
    ctx.set(stream.ready, 0)
    return payload


def sending(stream: Any, payloads: Iterable[Any], *, idle: int = 0) -> Testbench:
    """Return a testbench that puts ``payloads``, each after ``idle`` empty cycles."""

    async def testbench(ctx):
        for payload in payloads:
            await stream_put(ctx, stream, payload, idle=idle)

    return testbench


def taking(stream: Any, count: int, *, idle: int = 0) -> Testbench:
    """Return a testbench that gets ``count`` payloads, refusing each for ``idle`` cycles.

    It continues to accept for a while, so that a :class:`StreamMonitor` sees surplus payloads.
    """

    async def testbench(ctx):
        for _ in range(count):
            await stream_get(ctx, stream, idle=idle)
        ctx.set(stream.ready, 1)
        await ctx.tick().repeat(_QUIET)
        ctx.set(stream.ready, 0)

    return testbench


class StreamMonitor:
    """Record of one stream.

    A beat that changes or goes away before it is taken is an error.

    Parameters
    ----------
    stream
        The stream; :meth:`watch` is a background testbench.
    """

    def __init__(self, stream: Any):
        self._stream = stream
        self.beats: list[Any] = []
        """Beats that were taken, in the form of :func:`plain`."""
        self.offered: list[int] = []
        """Cycles in which each beat was first offered. The first cycle of a simulation is 0."""
        self.taken: list[int] = []
        """Cycles in which each beat was taken."""

    async def watch(self, ctx: Any) -> None:
        """Record until the simulation ends."""
        cycle = 0
        waiting = None
        stream = self._stream
        async for _, reset, valid, ready, payload in ctx.tick().sample(stream.valid, stream.ready, stream.payload):
            if reset:
                waiting = None
            elif waiting is not None and not valid:
                raise AssertionError(f"a beat went away in cycle {cycle}")
            elif valid:
                beat = plain(payload)
                if waiting is None:
                    self.offered.append(cycle)
                elif beat != waiting:
                    raise AssertionError(f"a waiting beat must stay {waiting!r}, not become {beat!r}, in cycle {cycle}")
                if ready:
                    self.beats.append(beat)
                    self.taken.append(cycle)
                waiting = None if ready else beat
            cycle += 1


def plain(value: Any) -> Any:
    """Return a constant as integers, dictionaries and lists."""
    if not isinstance(value, data.Const):
        return value
    layout = value.shape()
    if isinstance(layout, data.ArrayLayout):
        return [plain(value[index]) for index in range(layout.length)]
    return {key: plain(value[key]) for key, _ in layout}


def simulate(
    dut: wiring.Component, *testbenches: Testbench, background: Iterable[Testbench] = (), max_cycles: int = 10_000
) -> None:
    """Run ``testbenches`` to completion, or fail if that takes more than ``max_cycles``.

    Those in ``background`` run in parallel for the same time.
    """
    failures: list[Exception] = []

    def caught(testbench: Testbench) -> Testbench:
        async def run(ctx):
            try:
                await testbench(ctx)
            except Exception as error:
                failures.append(error)

        return run

    async def watchdog(ctx):
        await ctx.delay(max_cycles * _PERIOD)
        raise TimeoutError(f"{type(dut).__name__} did not finish in {max_cycles} cycles")

    sim = Simulator(dut)
    # Combinational components have no clock.
    sim.add_clock(_PERIOD, if_exists=True)
    for testbench in testbenches:
        sim.add_testbench(caught(testbench))
    for testbench in (*background, watchdog):
        sim.add_testbench(caught(testbench), background=True)
    while not failures and sim.advance():
        pass
    if failures:
        # The other testbenches wait for ever. Left to chance, their end comes while pytest writes its
        # report of the failure, which Python 3.11 does not survive.
        del sim
        gc.collect()
        raise failures[0]
