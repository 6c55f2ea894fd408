"""Testbench of :class:`hdl.crossbar.WeightDraws`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.lanes import to_lanes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from golden.draws import WeightDraws

_SWEEPS = 12


class _Bench:
    """Steps of a crossbar, and golden's draws."""

    def __init__(self, dut: Any, stalls: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.layer = self.config.layers[parameters.values["layer"]]
        assert self.layer.sampling is not None, "the layer has fixed weights"
        self.sampling = self.layer.sampling
        self.row_tile: int = parameters.values["row_tile"]
        self.rng = parameters.rng(stalls)
        self.compared = 0
        self._pauses = stalls.pattern(self.rng)
        start_clock(dut)
        self._shared = self.layer.sweeps if self.layer.repeats else 1
        drive(dut, step=0, reseed__load=0, reseed__seed=0)
        self._mark(begin=0, again=0)

    def _mark(self, **marks: int) -> None:
        if self.layer.replays:
            drive(self.dut, **marks)

    async def reset(self) -> None:
        drive(self.dut, step=0, reseed__load=0)
        await reset(self.dut)

    async def load(self, seed: int) -> None:
        """Load every register, in any order, with a load of 0 after each."""
        first = self.config.stochastic.first(self.layer) + self.row_tile * self.layer.line_units
        states = [*enumerate(self.config.stochastic.seeds(seed)[first : first + self.layer.line_units])]
        for unit, state in self.rng.sample(states, len(states)):
            for value in (state, 0):
                # A step in the same cycle is none.
                drive(self.dut, reseed__load=1 << unit, reseed__seed=value, step=int(value != 0))
                await FallingEdge(self.dut.clk)
        drive(self.dut, reseed__load=0, step=0)

    async def sweep(self, seed: int, count: int) -> None:
        """Make the first sweeps since ``seed``, and look at the draws at once and after a pause."""
        layer, golden = self.layer, WeightDraws(self.config, self.layer, seed)
        for number, begin, again in self._sweeps(count):
            (limits,) = golden.limits(number, 1)
            for group in range(layer.groups):
                drive(self.dut, step=1)
                self._mark(begin=int(begin and group == 0), again=int(again and group == 0))
                await FallingEdge(self.dut.clk)
                drive(self.dut, step=0)
                while True:
                    await self._compare(group, limits)
                    if not next(self._pauses):
                        break
                    self._mark(begin=self.rng.getrandbits(1), again=self.rng.getrandbits(1))
                    await FallingEdge(self.dut.clk)

    def _sweeps(self, count: int) -> list[tuple[int, bool, bool]]:
        """Return the number of each sweep's draws, and whether it begins a sequence or makes it again."""
        layer, planes = self.layer, self.layer.input_bits
        if layer.repeats or not layer.replays:
            return [
                (index // self._shared, not index % self._shared, index % self._shared > 0) for index in range(count)
            ]
        return [
            (vector * planes + plane, not plane and not column, not plane and column > 0)
            for vector in range(-(-count // planes))
            for column in range(layer.column_groups)
            for plane in range(planes)
        ]

    async def _compare(self, group: int, limits: Any) -> None:
        layer, sampling = self.layer, self.sampling
        await ReadOnly()
        planes = [int(self.dut[f"draws__{plane}"].value) for plane in range(sampling.bits)]
        draws = to_lanes(planes, layer.line_units)
        for n in range(layer.inputs):
            if layer.tile_of(n) == self.row_tile and layer.group_of(n) == group:
                for g in range(sampling.generators):
                    drawn = draws[layer.line_of(n) * sampling.generators + g]
                    limit = drawn & ~1 if drawn == sampling.certain else drawn
                    assert limit == int(limits[n, g]), f"group {group}, input {n}, generator {g}"
                    self.compared += 1
        await FallingEdge(self.dut.clk)


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def draws_follow_the_seeds(dut: Any, stalls: Stalls) -> None:
    """From sweep to sweep, and with one sample of a pass again in each of its sweeps; they stay until the next step."""
    bench = _Bench(dut, stalls)
    await bench.reset()
    await bench.sweep(bench.config.random.seed, _SWEEPS)
    assert bench.compared


@testcase()
async def seeds_are_loaded_one_by_one(dut: Any) -> None:
    """Registers begin with their own; a seed of 0 changes nothing, and nothing is drawn in the cycle of a load."""
    bench = _Bench(dut, Stalls.OFTEN)
    await bench.reset()
    await bench.sweep(bench.config.random.seed, 3)
    for _ in range(3):
        seed = bench.rng.randrange(1, 2**bench.config.random.lfsr_width)
        await bench.load(seed)
        await bench.sweep(seed, _SWEEPS)
    assert bench.compared


@testcase()
async def a_reset_begins_all_sequences_anew(dut: Any) -> None:
    """Wherever they were, and whatever was loaded."""
    bench = _Bench(dut)
    for index in range(4):
        await bench.reset()
        await bench.sweep(bench.config.random.seed, index + 1)
        if index % 2:
            await bench.load(bench.rng.randrange(1, 2**bench.config.random.lfsr_width))
    assert bench.compared
