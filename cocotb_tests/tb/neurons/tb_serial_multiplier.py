"""Testbench of :class:`hdl.neurons.SerialMultiplier`."""

from collections.abc import Sequence
from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase

_SUMS = 12


def _plane(numbers: Sequence[int], index: int) -> int:
    return sum((number >> index & 1) << lane for lane, number in enumerate(numbers))


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def sums_are_those_of_integers(dut: Any, stalls: Stalls) -> None:
    """Of the ends and of random gains, counts and constants; several with the same gains, also after a reset."""
    parameters = Parameters.load()
    rng = parameters.rng(stalls)
    gain_width, lanes, steps = (parameters.values[name] for name in ("gain_width", "lanes", "steps"))
    pauses, half, whole = stalls.pattern(rng), 1 << gain_width - 1, 1 << steps
    start_clock(dut)
    drive(dut, load=0, step=0, last=0, word=0, count=0)

    async def pulse(name: str, **values: int) -> int:
        while next(pauses):
            await FallingEdge(dut.clk)
        drive(dut, **{name: 1}, **values)
        await ReadOnly()
        shown = int(dut.o.value)
        await FallingEdge(dut.clk)
        drive(dut, **{name: 0})
        return shown

    compared = 0
    for number in range(_SUMS):
        if number % 4 == 0:
            await reset(dut)
        gains = [rng.choice([-half, half - 1, rng.randrange(-half, half)]) for _ in range(lanes)]
        for index in range(gain_width):
            await pulse("load", word=_plane(gains, index))
        for _ in range(rng.randint(1, 3)):
            counts = [rng.choice([0, whole - 1, rng.randrange(whole)]) for _ in range(lanes)]
            constants = [rng.choice([0, whole - 1, rng.randrange(whole)]) for _ in range(lanes)]
            planes = []
            for index in range(steps):
                word, count = _plane(constants, index), _plane(counts, index)
                planes.append(await pulse("step", word=word, count=count, last=index == steps - 1))
            for lane, (gain, count, constant) in enumerate(zip(gains, counts, constants, strict=True)):
                found = sum((plane >> lane & 1) << index for index, plane in enumerate(planes))
                assert found == (gain * count + constant) % whole, f"{gain} * {count} + {constant}"
                compared += 1
        # What was begun is forgotten with a reset.
        if number % 4 == 3:
            await pulse("step", word=_plane(gains, 0), count=(1 << lanes) - 1, last=0)
    assert compared >= _SUMS * lanes
