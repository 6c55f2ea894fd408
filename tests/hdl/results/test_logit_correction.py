import random

import numpy as np
import pytest

from golden.data import random_program
from golden.model import correct
from hdl.config.geometries import geometry
from hdl.results import LogitCorrection
from hdl.testing import StreamMonitor, plain, sending, simulate, taking

from ..configurations import CONFIGURATIONS, cases, each_configuration, each_stall, each_weighted

#: The widest formats there are.
WIDEST = geometry("widest")


def corrected(config, beats, constants):
    """Return what golden says of ``beats``, pairs of z and last, the classes in order."""
    classes = config.network.classes
    z = np.array([z for z, _ in beats]).reshape(-1, classes)
    values = correct(z, *np.array(constants).T, config.logits).reshape(-1).tolist()
    return [
        {"value": value, "index": index % classes, "last": last}
        for index, (value, (_, last)) in enumerate(zip(values, beats, strict=True))
    ]


def payloads(config, beats):
    classes = config.network.classes
    return [{"z": z, "index": index % classes, "last": last} for index, (z, last) in enumerate(beats)]


def every_z(config):
    """Return each pre-activation that there can be, to each class."""
    top = config.layers[-1].count_max
    return [(z, index % 2) for index, z in enumerate(range(-top, top + 1, 2)) for _ in range(config.network.classes)]


async def write(ctx, dut, constants):
    ctx.set(dut.write, 1)
    for index, (gain, offset, shift) in enumerate(constants):
        ctx.set(dut.index, index)
        ctx.set(dut.constants, {"gain": gain, "offset": offset, "shift": shift})
        await ctx.tick()
    ctx.set(dut.write, 0)


@each_configuration
@each_stall
def test_agrees_with_golden(config, send_idle, take_idle):
    program = random_program(config, np.random.default_rng(list(config.name.encode())))
    constants = np.stack([program.gains, program.offsets, program.shifts], axis=1)
    beats = every_z(config)
    dut = LogitCorrection(config, program)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)

    simulate(
        dut,
        sending(dut.i, payloads(config, beats), idle=send_idle),
        taking(dut.o, len(beats), idle=take_idle),
        background=[source.watch, out.watch],
    )

    assert out.beats == corrected(config, beats, constants)
    if not take_idle:
        # One a cycle, and each appears five cycles after it was taken.
        assert source.taken == [index * (send_idle + 1) + send_idle for index in range(len(beats))]
        assert out.offered == [cycle + 5 for cycle in source.taken]


@each_weighted
@each_stall
def test_logits_have_the_weights_of_their_passes(config, send_idle, take_idle):
    rng = random.Random(config.name)
    beats = every_z(config)
    weights = [{"weight": rng.getrandbits(config.pass_weight_width)} for _ in beats]
    dut = LogitCorrection(config)
    out = StreamMonitor(dut.o)
    sent = [beat | weight for beat, weight in zip(payloads(config, beats), weights, strict=True)]
    expected = corrected(config, beats, [(1, 0, 0)] * config.network.classes)

    simulate(
        dut,
        sending(dut.i, sent, idle=send_idle),
        taking(dut.o, len(beats), idle=take_idle),
        background=[out.watch],
    )

    assert out.beats == [beat | weight for beat, weight in zip(expected, weights, strict=True)]


@each_configuration
def test_without_a_program_logits_are_preactivations(config):
    beats = every_z(config)
    dut = LogitCorrection(config)
    out = StreamMonitor(dut.o)
    send = sending(dut.i, payloads(config, beats))
    simulate(dut, send, taking(dut.o, len(beats)), background=[out.watch])
    assert out.beats == corrected(config, beats, [(1, 0, 0)] * config.network.classes)


@pytest.mark.parametrize("config", cases([*CONFIGURATIONS, WIDEST]))
def test_every_shift_and_extreme(config):
    """Written at run time, each class with other constants; sums beyond both ends, and halves on both sides of 0."""
    rng = random.Random(config.name)
    logits = config.logits
    classes = config.network.classes
    gain, offset = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    corners = [(g, o) for g in (-gain, gain - 1) for o in (-offset, offset - 1)]
    small = [(g, o) for g in (-1, 0, 1) for o in (-2, -1, 0, 1)]
    sets = [(*pair, shift) for shift in range(logits.max_shift + 1) for pair in corners + small]
    sets += [
        (rng.randrange(-gain, gain), rng.randrange(-offset, offset), rng.randint(0, logits.max_shift))
        for _ in range(-len(sets) % classes + 10 * classes)
    ]
    top = config.layers[-1].count_max
    beats = [(z, 0) for z in (-top, top) for _ in range(classes)]
    blocks = [sets[start : start + classes] for start in range(0, len(sets), classes)]
    dut = LogitCorrection(config)
    out = StreamMonitor(dut.o)

    async def testbench(ctx):
        ctx.set(dut.o.ready, 1)
        for block in blocks:
            await write(ctx, dut, block)
            await sending(dut.i, payloads(config, beats))(ctx)
            await ctx.tick().repeat(6)

    simulate(dut, testbench, background=[out.watch], max_cycles=20_000)
    expected = [beat for block in blocks for beat in corrected(config, beats, block)]
    assert out.beats == expected
    values = {beat["value"] for beat in expected}
    # The smallest formats cannot saturate: gain · z + offset is 6 at the most.
    assert {logits.lowest, logits.highest} <= values or (gain, offset, top) == (2, 2, 2)
    assert 0 in values


def test_rounds_half_up():
    """Also below 0. Golden rounds the same, but here the numbers are written down."""
    config = CONFIGURATIONS[-1]
    offsets = [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6]
    rounded = [-1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 2]
    dut = LogitCorrection(config)
    out = StreamMonitor(dut.o)

    async def testbench(ctx):
        ctx.set(dut.o.ready, 1)
        for offset in offsets:
            await write(ctx, dut, [(0, offset, 2)])
            await sending(dut.i, [{"z": 3, "index": 0, "last": 0}])(ctx)
            await ctx.tick().repeat(6)

    simulate(dut, testbench, background=[out.watch])
    assert [beat["value"] for beat in out.beats] == rounded


@each_configuration
def test_constants_are_read_back(config):
    """A cycle after the read; meanwhile nothing is taken, and nothing comes out."""
    rng = random.Random(config.name)
    logits = config.logits
    gain, offset = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    constants = [
        (rng.randrange(-gain, gain), rng.randrange(-offset, offset), rng.randint(0, logits.max_shift))
        for _ in range(config.network.classes)
    ]
    dut = LogitCorrection(config)
    out = StreamMonitor(dut.o)

    async def testbench(ctx):
        await write(ctx, dut, constants)
        order = list(range(len(constants))) * 3
        rng.shuffle(order)
        for index in order:
            ctx.set(dut.read, 1)
            ctx.set(dut.index, index)
            # A pre-activation of another class that waits does not get in the way.
            ctx.set(dut.i.p.index, (index + 1) % len(constants))
            ctx.set(dut.i.valid, 1)
            assert not ctx.get(dut.i.ready)
            await ctx.tick()
            ctx.set(dut.i.valid, 0)
            ctx.set(dut.read, 0)
            assert tuple(plain(ctx.get(dut.stored)).values()) == constants[index]
            await ctx.tick().repeat(rng.randrange(1, 3))
        await ctx.tick().repeat(6)

    simulate(dut, testbench, background=[out.watch])
    assert out.offered == []
