import random

import pytest

from hdl.passes import Repeater
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS, cases, each_configuration, each_stall


@each_configuration
@each_stall
@pytest.mark.parametrize("mask_idle", [0, 2])
def test_sends_counts_once_a_pass(config, mask_idle, send_idle, take_idle):
    """With the masks in their order, for the largest number of passes and the smallest."""
    rng = random.Random(f"{config.name}-{mask_idle}-{send_idle}-{take_idle}")
    layer = config.layers[0]
    counts = [[rng.getrandbits(layer.outputs) for _ in range(layer.count_width)] for _ in range(3)]
    for passes in {1, config.bayes.passes, config.bayes.max_passes}:
        masks = [rng.getrandbits(config.stochastic.mask_width) for _ in range(passes * len(counts))]
        dut = Repeater(config)
        assert hasattr(dut, "mask") == hasattr(dut, "demand") == bool(config.stochastic.mask_width)
        source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
        wanted = []
        # Tags from before the repeater are garbage.
        beats = [{"planes": planes, "tag": {"last": rng.getrandbits(1)}} for planes in counts]
        testbenches = [sending(dut.i, beats, idle=send_idle), taking(dut.o, len(masks), idle=take_idle)]
        background = [source.watch, out.watch]
        if config.stochastic.mask_width:
            background += [sending(dut.mask, masks, idle=mask_idle), watch_demand(dut, wanted)]

        async def set_passes(ctx, dut=dut, passes=passes):
            ctx.set(dut.passes, passes)

        # The passes are known a cycle before the first counts.
        simulate(dut, set_passes, *map(delayed, testbenches), background=map(delayed, background))

        assert out.beats == [
            {"planes": planes, "tag": {"mask": masks[image * passes + index], "last": index == passes - 1}}
            for image, planes in enumerate(counts)
            for index in range(passes)
        ]
        # Counts are taken with their last pass; one pass a cycle, as far as the masks allow.
        assert source.taken == out.taken[passes - 1 :: passes]
        if not (send_idle or take_idle or (mask_idle and config.stochastic.mask_width)):
            assert out.taken == list(range(len(masks)))
        assert all(valid == demand for valid, demand in wanted)
        assert bool(wanted) == bool(config.stochastic.mask_width)


def delayed(testbench):
    """Return ``testbench``, a cycle later."""

    async def run(ctx):
        await ctx.tick()
        await testbench(ctx)

    return run


def watch_demand(dut, wanted):
    async def watch(ctx):
        async for _, _, valid, demand in ctx.tick().sample(dut.i.valid, dut.demand):
            wanted.append((valid, demand))

    return watch


@pytest.mark.parametrize("config", cases([config for config in CONFIGURATIONS if config.stochastic.mask_width]))
def test_takes_a_mask_only_with_its_pass(config):
    dut = Repeater(config)
    mask = StreamMonitor(dut.mask)
    out = StreamMonitor(dut.o)
    layer = config.layers[0]
    beat = {"planes": [0] * layer.count_width, "tag": {}}

    async def set_passes(ctx):
        ctx.set(dut.passes, 1)

    simulate(
        dut,
        set_passes,
        sending(dut.i, [beat] * 5, idle=2),
        taking(dut.o, 5, idle=1),
        background=[sending(dut.mask, [1, 0] * 20), mask.watch, out.watch],
    )
    assert mask.taken == out.taken
    assert len(out.taken) == 5
