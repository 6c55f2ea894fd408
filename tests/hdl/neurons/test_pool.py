import re

import numpy as np
import pytest

from hdl.neurons import Pool
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import ONE_PIXEL, SMALLEST, convolutional, each_stall
from ..maps import plane_bits, positions, random_tag

#: Height, width and channels of what is pooled.
GEOMETRIES = [(2, 2, 2), (2, 6, 3), (6, 2, 2), (4, 6, 5), (6, 10, 2)]

each_geometry = pytest.mark.parametrize("shape", GEOMETRIES, ids=str)


def make(shape):
    height, width, channels = shape
    convolution = {"channels": channels, "kernel": 1, "pool": 2}
    config = convolutional("pool", (height, width, 2), [convolution])
    return config, config.layers[0]


@each_geometry
@each_stall
def test_keeps_the_largest_of_each_square(shape, send_idle, take_idle):
    height, width, channels = shape
    rng = np.random.default_rng([send_idle, take_idle, *shape])
    config, layer = make(shape)
    # Few ones, many, and none at all, so that squares of all kinds come.
    maps = [(rng.random(shape) < share).astype(int) for share in (0.2, 0.5, 0.9, 0)]
    tags = [random_tag(rng, config) for _ in maps]
    beats = [
        {"bits": plane_bits(each), "tag": tag}
        for values, tag in zip(maps, tags, strict=True)
        for each in positions(values)
    ]
    expected = [
        {"bits": plane_bits(each), "tag": tag}
        for values, tag in zip(maps, tags, strict=True)
        for each in positions(values.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3)))
    ]
    dut = Pool(config, layer)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    simulate(
        dut,
        sending(dut.i, beats, idle=send_idle),
        taking(dut.o, len(expected), idle=take_idle),
        background=[source.watch, out.watch],
    )
    assert out.beats == expected
    assert len(out.beats) == len(maps) * layer.map.positions
    if not (send_idle or take_idle):
        assert source.taken == list(range(len(beats)))
    # The result of a square is valid in the cycle after its last position.
    ends = [
        source.taken[image * height * width + row * width + col]
        for image in range(len(maps))
        for row in range(1, height, 2)
        for col in range(1, width, 2)
    ]
    assert out.offered == [cycle + 1 for cycle in ends]


@each_geometry
def test_only_the_end_of_a_square_waits(shape):
    """While what the square before gave is refused, everything else is taken."""
    _, width, _ = shape
    config, layer = make(shape)
    dut = Pool(config, layer)
    source = StreamMonitor(dut.i)

    async def refuse(ctx):
        beats = sending(dut.i, [{"bits": 0}] * 1000)
        await beats(ctx)

    async def wait(ctx):
        await ctx.tick().repeat(4 * width + 10)

    simulate(dut, wait, background=[refuse, source.watch])
    first = width + 2
    following = 2 if width > 2 else 2 * width
    # All but the last position of the second square.
    assert source.taken == list(range(first + following - 1))


@pytest.mark.parametrize(
    ("config", "layer"), [(SMALLEST, SMALLEST.layers[0]), (ONE_PIXEL, ONE_PIXEL.layers[0])], ids=["dense", "unpooled"]
)
def test_layer_without_pool_is_refused(config, layer):
    message = f"Pool layer must be a convolution with pool 2, not {layer!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        Pool(config, layer)
