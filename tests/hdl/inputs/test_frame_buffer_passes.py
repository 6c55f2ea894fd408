"""Images read once for each pass."""

import random

import pytest

from hdl.testing import sending, simulate, taking

from ..drawn_layers import drawn_config
from .test_frame_buffer import Bench, all_beats, all_positions, random_images


@pytest.mark.parametrize(("send_idle", "take_idle"), [(0, 0), (0, 2), (3, 0)])
@pytest.mark.parametrize("passes", [1, 2, 6])
def test_reads_an_image_once_per_pass(passes, send_idle, take_idle):
    config = drawn_config(maps=True)
    images = random_images(random.Random(f"{passes}-{send_idle}-{take_idle}"), config, 3)
    bench = Bench(config)
    count = len(images) * passes * bench.positions

    async def set_passes(ctx):
        ctx.set(bench.dut.passes, passes)
        await bench.enable(ctx)

    simulate(
        bench.dut,
        set_passes,
        sending(bench.dut.i, all_beats(config, images), idle=send_idle),
        taking(bench.dut.o, count, idle=take_idle),
        background=bench.background,
    )
    words = all_positions(config, images)
    each = [words[start : start + bench.positions] for start in range(0, len(words), bench.positions)]
    assert bench.words == [word for image in each for _ in range(passes) for word in image]
    last = [number == passes - 1 for _ in images for number in range(passes) for _ in range(bench.positions)]
    assert [beat["tag"]["last"] for beat in bench.out.beats] == last
    assert len(bench.starts) == len(images)
    if not (send_idle or take_idle):
        # A position a cycle, also from one pass to the next.
        first = bench.out.taken[0]
        assert bench.out.taken[: passes * bench.positions] == list(range(first, first + passes * bench.positions))
