import itertools
import random

import pytest

from hdl.passes import FrameRepeater
from hdl.testing import StreamMonitor, pause, sending, simulate, stream_put, taking

from ..configurations import CONVOLUTIONAL, ONE_PIXEL, SMALLEST, by_name, each_stall

#: Those with several positions, one of them without masks.
CONFIGURATIONS = [config for config in CONVOLUTIONAL if config.layers[0].vectors > 1]

each_repeated = pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)


class Bench:
    """A repeater, and what went in and out."""

    def __init__(self, config, rng):
        self.config = config
        self.rng = rng
        self.layer = config.layers[0]
        self.dut = FrameRepeater(config)
        self.source, self.out = StreamMonitor(self.dut.i), StreamMonitor(self.dut.o)
        self.background = [self.source.watch, self.out.watch]
        self.demand = []
        if config.stochastic.mask_width:
            self.mask = StreamMonitor(self.dut.mask)
            self.background += [self.mask.watch, self._watch_demand]

    def random_counts(self, images):
        """Return beats; their tags are garbage."""
        width, rng = self.layer.count_width, self.rng
        return [
            {
                "planes": [rng.getrandbits(self.layer.outputs) for _ in range(width)],
                "tag": {"mask": rng.getrandbits(self.config.stochastic.mask_width), "last": rng.getrandbits(1)},
            }
            for _ in range(images * self.layer.vectors)
        ]

    def random_masks(self, count):
        return [self.rng.getrandbits(self.config.stochastic.mask_width) for _ in range(count)]

    def expected(self, beats, masks, passes):
        """Return all positions of an image for each pass; ``passes`` are those of each image."""
        size, masks = self.layer.vectors, iter(masks)
        return [
            {"planes": beat["planes"], "tag": {"mask": mask, "last": int(index == count - 1)}}
            for image, count in enumerate(passes)
            for index, mask in enumerate(itertools.islice(masks, count))
            for beat in beats[image * size : (image + 1) * size]
        ]

    def set_passes(self, passes):
        async def testbench(ctx):
            ctx.set(self.dut.passes, passes)

        return testbench

    async def _watch_demand(self, ctx):
        async for _, _, demand in ctx.tick().sample(self.dut.demand):
            self.demand.append(demand)


def delayed(testbench):
    """Return ``testbench``, a cycle later: the passes are known a cycle before the first counts."""

    async def run(ctx):
        await ctx.tick()
        await testbench(ctx)

    return run


@each_repeated
@each_stall
@pytest.mark.parametrize("mask_idle", [0, 5])
def test_sends_images_once_a_pass(config, mask_idle, send_idle, take_idle):
    """With the masks in their order, for the largest number of passes and the smallest."""
    images = 3
    for passes in {1, config.bayes.passes, config.bayes.max_passes}:
        bench = Bench(config, random.Random(f"{config.name}-{mask_idle}-{send_idle}-{take_idle}-{passes}"))
        dut, size = bench.dut, bench.layer.vectors
        beats, masks = bench.random_counts(images), bench.random_masks(images * passes)
        total = images * passes * size
        testbenches = [sending(dut.i, beats, idle=send_idle), taking(dut.o, total, idle=take_idle)]
        background = bench.background
        if config.stochastic.mask_width:
            # More than are wanted.
            background = [*background, sending(dut.mask, [*masks, 0, 0], idle=mask_idle)]
        simulate(
            dut,
            bench.set_passes(passes),
            *map(delayed, testbenches),
            background=map(delayed, background),
            max_cycles=20_000,
        )
        assert bench.out.beats == bench.expected(beats, masks, [passes] * images)
        assert len(bench.out.beats) == total

        # One mask for each pass, taken in the cycle before its first position is offered.
        starts = bench.out.offered[::size]
        if config.stochastic.mask_width:
            assert [cycle + 1 for cycle in bench.mask.taken] == starts
        if not take_idle and not (mask_idle and config.stochastic.mask_width):
            # Two cycles after it was taken at the soonest, then one a cycle.
            first = slice(0, size)
            assert bench.out.offered[first] == [cycle + 2 for cycle in bench.source.taken[first]]
            assert bench.out.taken[size : size * passes] == list(
                range(bench.out.taken[size - 1] + 1, bench.out.taken[size - 1] + 1 + size * (passes - 1))
            )
        if not (send_idle or take_idle or (mask_idle and config.stochastic.mask_width)):
            assert bench.out.taken == list(range(2, total + 2))
            # The next image takes the places of what was sent for the last time, as soon as that has happened.
            for image in range(1, images):
                sent = slice((image * passes - 1) * size, image * passes * size)
                taken = slice(image * size, (image + 1) * size)
                assert passes == 1 or bench.source.taken[taken] == bench.out.offered[sent]
        # Never earlier.
        for image, position in itertools.product(range(1, images), range(size)):
            sent = bench.out.offered[(image * passes - 1) * size + position]
            assert bench.source.taken[image * size + position] >= sent


@pytest.mark.parametrize("config", [config for config in CONFIGURATIONS if config.stochastic.mask_width], ids=by_name)
@each_stall
def test_wants_a_mask_for_the_first_position_of_a_pass(config, send_idle, take_idle):
    """From the cycle in which its counts are there until a mask is taken, and at no other time."""
    bench = Bench(config, random.Random(f"{config.name}-{send_idle}-{take_idle}"))
    dut, size, passes, images = bench.dut, bench.layer.vectors, config.bayes.passes, 3
    total = images * passes * size

    simulate(
        dut,
        bench.set_passes(passes),
        *map(
            delayed,
            (
                sending(dut.i, bench.random_counts(images), idle=send_idle),
                taking(dut.o, total, idle=take_idle),
            ),
        ),
        background=map(delayed, (*bench.background, sending(dut.mask, bench.random_masks(total), idle=7))),
        max_cycles=20_000,
    )
    assert len(bench.mask.taken) == images * passes
    for cycle, demand in enumerate(bench.demand):
        issued = sum(offered <= cycle for offered in bench.out.offered)
        image, position = divmod(issued, passes * size)
        there = image < images and any(taken < cycle for taken in bench.source.taken[image * size :])
        assert demand == (there and position % size == 0), f"cycle {cycle}"
    assert sum(bench.demand) >= images * passes


@each_repeated
def test_passes_change_between_images(config):
    rng = random.Random(config.name)
    bench = Bench(config, rng)
    dut, most = bench.dut, config.bayes.max_passes
    numbers = [most, 1, most, max(1, most - 1), 1, 1]
    beats, masks = bench.random_counts(len(numbers)), bench.random_masks(sum(numbers))
    size = bench.layer.vectors

    async def testbench(ctx):
        for image, passes in enumerate(numbers):
            ctx.set(dut.passes, passes)
            await ctx.tick()
            for beat in beats[image * size : (image + 1) * size]:
                await stream_put(ctx, dut.i, beat)
            while len(bench.out.beats) < size * sum(numbers[: image + 1]):
                await ctx.tick()
            await pause(ctx, image)

    background = [*bench.background, taking(dut.o, size * sum(numbers), idle=1)]
    if config.stochastic.mask_width:
        background.append(sending(dut.mask, masks))
    simulate(dut, testbench, background=background)
    assert bench.out.beats == bench.expected(beats, masks, numbers)
    assert len(bench.out.beats) == size * sum(numbers)


@pytest.mark.parametrize("config", [SMALLEST, ONE_PIXEL], ids=by_name)
def test_single_position_is_refused(config):
    message = rf"^FrameRepeater config must begin with a layer of several beats of counts, not '{config.name}'$"
    with pytest.raises(ValueError, match=message):
        FrameRepeater(config)
