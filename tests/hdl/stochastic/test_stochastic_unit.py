import random

import numpy as np
import pytest

from cocotb_tests.agents.lanes import from_bits
from golden.draws import stochastic_unit
from hdl.config import CoreConfig
from hdl.config.geometries import geometry
from hdl.stochastic import StochasticUnit
from hdl.testing import StreamMonitor, pause, sending, simulate, stream_get

from ..configurations import CONFIGURATIONS, by_name, cases

STOCHASTIC = [config for config in CONFIGURATIONS if config.stochastic.mask_width]
SIXTEEN = geometry("sixteen")


def changed(config, **random):
    """Return ``config`` with another section `random`, under a name of its own."""
    fields = config.model_dump()
    name = "_".join([config.name, *(f"{key}_{value}" for key, value in random.items())])
    return CoreConfig.model_validate({**fields, "name": name, "random": {**fields["random"], **random}})


#: As many registers as bits, one for each two bits, and fewer than there are bits left.
SIDE_BY_SIDE = [changed(SIXTEEN, units=units) for units in (2, 3, 16)]

each_stochastic = pytest.mark.parametrize("config", cases([*STOCHASTIC, SIXTEEN, *SIDE_BY_SIDE]))


def golden_masks(config, codes, seed, count, first_pass=0):
    masks = stochastic_unit.masks(config, codes, seed, 1, passes=count, first_pass=first_pass)
    return [from_bits(mask) for mask in masks[0].tolist()]


def set_codes(ctx, dut, codes):
    for port, code in zip(dut.codes, codes, strict=True):
        ctx.set(port, code)


@each_stochastic
@pytest.mark.parametrize("take_idle", [0, 3])
@pytest.mark.parametrize("demand_idle", [0, 2])
def test_agrees_with_golden(config, demand_idle, take_idle):
    """Draws nothing unless a mask is wanted; never another while one waits."""
    rng = random.Random(f"{config.name}-{demand_idle}-{take_idle}")
    top = 2**config.random.draw_bits - 1
    codes = [rng.choice([0, top, rng.randint(0, top), (top + 1) // 2]) for _ in range(config.stochastic.mask_width)]
    expected = golden_masks(config, codes, config.random.seed, 40)
    dut = StochasticUnit(config)
    out = StreamMonitor(dut.o)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        for mask in expected:
            for _ in range(demand_idle):
                await ctx.tick()
                assert not ctx.get(dut.o.valid)
            ctx.set(dut.demand, 1)
            assert await stream_get(ctx, dut.o, idle=take_idle) == mask
            ctx.set(dut.demand, 0)

    simulate(dut, testbench, background=[out.watch])
    assert out.beats == expected
    # A mask is there as many cycles after it was wanted as a register has bits to draw.
    wanted = [demand_idle, *(cycle + 1 + demand_idle for cycle in out.taken[:-1])]
    assert out.offered == [cycle + config.stochastic.mask_steps for cycle in wanted]


@each_stochastic
def test_demand_may_pause(config):
    """One draw for each cycle of demand, none without."""
    rng = random.Random(config.name)
    codes = list(config.stochastic.drop_codes)
    expected = golden_masks(config, codes, config.random.seed, 12)
    dut = StochasticUnit(config)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        for mask in expected:
            for _ in range(config.stochastic.mask_steps):
                await pause(ctx, rng.randrange(3))
                assert not ctx.get(dut.o.valid)
                ctx.set(dut.demand, 1)
                await ctx.tick()
                ctx.set(dut.demand, 0)
            assert ctx.get(dut.o.valid)
            assert await stream_get(ctx, dut.o) == mask

    simulate(dut, testbench)


@each_stochastic
@pytest.mark.parametrize("demand", [0, 1])
def test_load_at_any_moment(config, demand):
    """In the middle of a draw, or with a mask waiting: begins again. The load of 0 changes nothing."""
    codes = list(config.stochastic.drop_codes)
    seed = config.random.seed ^ 2
    expected = golden_masks(config, codes, seed, 3)
    dut = StochasticUnit(config)

    async def load(ctx, seed):
        for unit, state in enumerate(config.stochastic.seeds(seed)[: config.stochastic.shared] if seed else [0]):
            ctx.set(dut.load, 1 << unit)
            ctx.set(dut.seed, state)
            await ctx.tick()
        ctx.set(dut.load, 0)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        for drawn in range(config.stochastic.mask_steps + 1):
            ctx.set(dut.demand, 1)
            await pause(ctx, drawn)
            # Where there are several registers, the first would draw while the others are loaded.
            ctx.set(dut.demand, demand and config.stochastic.shared == 1)
            await load(ctx, seed)
            assert not ctx.get(dut.o.valid)
            ctx.set(dut.demand, 1)
            for mask in expected:
                assert await stream_get(ctx, dut.o) == mask
            ctx.set(dut.demand, 0)
            # The sequence goes on across a load of 0 that comes at the same moment.
            ctx.set(dut.demand, 1)
            await pause(ctx, drawn)
            ctx.set(dut.demand, 0)
            await load(ctx, 0)
            assert ctx.get(dut.o.valid) == (drawn == config.stochastic.mask_steps)
            ctx.set(dut.demand, 1)
            assert await stream_get(ctx, dut.o) == golden_masks(config, codes, seed, 4)[-1]
            ctx.set(dut.demand, 0)

    simulate(dut, testbench)


@each_stochastic
@pytest.mark.parametrize("drop", [0, 1])
def test_extreme_codes(config, drop):
    """Code 0 never drops; the largest keeps only the largest draw."""
    codes = [drop * (2**config.random.draw_bits - 1)] * config.stochastic.mask_width
    expected = golden_masks(config, codes, config.random.seed, 30)
    ones = 2**config.stochastic.mask_width - 1
    assert (expected == [ones] * 30) == (not drop)
    dut = StochasticUnit(config)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        ctx.set(dut.demand, 1)
        for mask in expected:
            assert await stream_get(ctx, dut.o) == mask

    simulate(dut, testbench)


#: A self-test, whatever its limits: only the unit is looked at here.
SELF_TEST = {"window_bits": 2, "bound": 1, "drop_run": 3, "keep_run": 3}

EXTERNAL = [
    changed(config, source="external")
    for config in (*STOCHASTIC, *(changed(each, units=2) for each in STOCHASTIC), *SIDE_BY_SIDE)
]
#: Draws of 32 bits are too wide for a deviation.
MONITORED = [
    CoreConfig.model_validate({**config.model_dump(), "self_test": SELF_TEST})
    for config in (*STOCHASTIC, *EXTERNAL, *(changed(each, draw_bits=12) for each in SIDE_BY_SIDE))
    if config.random.draw_bits < 32
]


@pytest.mark.parametrize("config", EXTERNAL, ids=by_name)
@pytest.mark.parametrize("take_idle", [0, 3])
@pytest.mark.parametrize("draw_idle", [0, 2])
def test_draws_from_outside(config, draw_idle, take_idle):
    """Each is taken once, in order, and none but for a mask that is wanted."""
    rng = np.random.default_rng([draw_idle, take_idle, *config.name.encode()])
    count, width = 20, config.stochastic.mask_width
    codes = rng.integers(0, 2**config.random.draw_bits, width)
    draws = rng.integers(0, 2**config.random.draw_bits, (1, count, width))
    expected = [from_bits(mask) for mask in stochastic_unit.kept(config, codes, draws)[0].tolist()]
    dut = StochasticUnit(config)
    out, taken = StreamMonitor(dut.o), StreamMonitor(dut.entropy)

    async def testbench(ctx):
        set_codes(ctx, dut, codes.tolist())
        await pause(ctx, 4)
        assert not taken.beats
        for number, mask in enumerate(expected):
            ctx.set(dut.demand, 1)
            assert await stream_get(ctx, dut.o, idle=take_idle) == mask
            ctx.set(dut.demand, 0)
            await pause(ctx, 3)
            assert len(taken.beats) == (number + 1) * config.stochastic.mask_steps

    beats = with_garbage(config, stochastic_unit.beats(config, draws), rng)
    sender = sending(dut.entropy, beats, idle=draw_idle)
    simulate(dut, testbench, background=[out.watch, taken.watch, sender])
    assert out.beats == expected
    assert taken.beats == beats


def with_garbage(config, beats, rng):
    """Return beats with something random where there is no bit for a draw."""
    steps, missing = (
        config.stochastic.mask_steps,
        config.stochastic.shared * config.stochastic.mask_steps - config.stochastic.mask_width,
    )
    used = config.stochastic.entropy_width - missing * config.random.draw_bits
    return [
        beat | int(rng.integers(2**32)) << used & 2**config.stochastic.entropy_width - 1
        if index % steps == steps - 1
        else beat
        for index, beat in enumerate(beats)
    ]


@pytest.mark.parametrize("config", EXTERNAL, ids=by_name)
def test_a_load_takes_no_draw(config):
    """And throws the mask away as far as it was drawn."""
    dut = StochasticUnit(config)
    highest = 2**config.random.draw_bits - 1

    async def testbench(ctx):
        set_codes(ctx, dut, [highest] * config.stochastic.mask_width)
        ctx.set(dut.demand, 1)
        ctx.set(dut.entropy.valid, 1)
        ctx.set(dut.entropy.payload, 0)
        await pause(ctx, config.stochastic.mask_steps - 1)
        ctx.set(dut.load, 1)
        ctx.set(dut.seed, 1)
        assert not ctx.get(dut.entropy.ready)
        await ctx.tick()
        # A load of 0 is none.
        ctx.set(dut.seed, 0)
        ctx.set(dut.entropy.payload, 2**config.stochastic.entropy_width - 1)
        assert ctx.get(dut.entropy.ready)
        await pause(ctx, config.stochastic.mask_steps)
        assert ctx.get(dut.o.valid)
        assert ctx.get(dut.o.payload) == 2**config.stochastic.mask_width - 1
        assert not ctx.get(dut.entropy.ready)

    simulate(dut, testbench)


@pytest.mark.parametrize("config", MONITORED, ids=by_name)
def test_draws_are_shown(config):
    """Each once, with the bit that came of it, its code and its place; of several registers what is used of each."""
    count, width = 12, config.stochastic.mask_width
    rng = random.Random(config.name)
    codes = [rng.randrange(2**config.random.draw_bits) for _ in range(width)]
    draws = stochastic_unit.draws(config, config.random.seed, 1, passes=count)
    masks = stochastic_unit.kept(config, codes, draws)[0]
    dut = StochasticUnit(config)
    units = config.stochastic.shared
    shown = [[] for _ in range(units)]

    async def watch(ctx):
        ports = [port for each in dut.watched for port in (each.draw, each.dropped, each.index, each.code)]
        async for _, _, *values in ctx.tick().sample(*ports):
            for unit, found in enumerate(shown):
                draw, *value = values[unit * 4 : unit * 4 + 4]
                if draw:
                    found.append(tuple(value))

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        for mask in masks.tolist():
            ctx.set(dut.demand, 1)
            assert await stream_get(ctx, dut.o, idle=rng.randrange(3)) == from_bits(mask)
            ctx.set(dut.demand, 0)
        await pause(ctx, 3)

    background = [watch]
    if config.stochastic.external:
        background.append(sending(dut.entropy, stochastic_unit.beats(config, draws), idle=1))
    simulate(dut, testbench, background=background)
    for unit, found in enumerate(shown):
        expected = [
            (1 - mask[index], index, codes[index]) for mask in masks.tolist() for index in range(unit, width, units)
        ]
        assert found == expected
    assert {tuple(sorted({index for _, index, _ in found})) for found in shown} == set(config.stochastic.watched)
