import re

import numpy as np
import pytest

from hdl.inputs import WindowBuffer
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import SMALLEST, convolutional, each_stall
from ..maps import plane_bits, positions, random_map, random_tag, windows

#: Height, width, channels, bits; kernel, stride, padding.
GEOMETRIES = [
    ((1, 1, 2, 1), (1, 1, 0)),
    ((1, 1, 2, 2), (3, 1, 1)),
    ((1, 1, 2, 1), (5, 2, 2)),
    ((1, 6, 2, 3), (3, 1, 1)),
    ((5, 1, 1, 2), (3, 2, 1)),
    ((4, 3, 2, 1), (1, 2, 0)),
    ((5, 7, 2, 1), (3, 1, 1)),
    ((5, 7, 1, 3), (3, 1, 0)),
    ((6, 4, 1, 1), (3, 2, 1)),
    ((7, 8, 1, 2), (3, 2, 0)),
    ((3, 5, 1, 1), (5, 1, 2)),
    ((7, 6, 2, 1), (5, 1, 1)),
    ((8, 7, 1, 2), (5, 2, 0)),
    # The last positions of the map are in no window.
    ((6, 9, 1, 1), (5, 2, 1)),
]

each_geometry = pytest.mark.parametrize(("source", "window"), GEOMETRIES, ids=str)


def make(source, window):
    height, width, channels, bits = source
    convolution = dict(zip(("kernel", "stride", "padding"), window, strict=True))
    image = (height, width, channels)
    config = convolutional("windows", image, [{"channels": 2, **convolution}], input_bits=bits, classes=2)
    return config, config.layers[0], convolution


def plane_word(values, bits):
    """Return numbers as one word with all their planes."""
    return sum(plane_bits(values >> plane & 1) << plane * len(values) for plane in range(bits))


@each_geometry
@each_stall
def test_windows_slide_over_maps(source, window, send_idle, take_idle):
    """Of one map after the other, each with the tag of its own map."""
    rng = np.random.default_rng([send_idle, take_idle, *source, *window])
    config, layer, convolution = make(source, window)
    bits = layer.input_bits
    maps = [(random_map(rng, layer.window.source), random_tag(rng, config)) for _ in range(3)]
    beats = [{"bits": plane_word(each, bits), "tag": tag} for values, tag in maps for each in positions(values)]
    expected = [
        {"bits": plane_word(each, bits), "tag": tag} for values, tag in maps for each in windows(values, **convolution)
    ]
    dut = WindowBuffer(config, layer)
    monitor, out = StreamMonitor(dut.i), StreamMonitor(dut.o)

    async def finish(ctx):
        # Positions after the last window are taken as well.
        while len(monitor.beats) < len(beats):
            await ctx.tick()

    simulate(
        dut,
        sending(dut.i, beats, idle=send_idle),
        taking(dut.o, len(expected), idle=take_idle),
        finish,
        background=[monitor.watch, out.watch],
    )
    assert out.beats == expected
    assert len(expected) == 3 * layer.vectors


@each_geometry
def test_latency_and_throughput(source, window):
    """A position of the map, or of its right or lower border, a cycle, and the window in the cycle after its last."""
    height, width, *_ = source
    kernel, stride, padding = window
    rng = np.random.default_rng([*source, *window])
    config, layer, _ = make(source, window)
    images = 3
    maps = [random_map(rng, layer.window.source) for _ in range(images)]
    beats = [{"bits": plane_word(each, layer.input_bits)} for values in maps for each in positions(values)]
    dut = WindowBuffer(config, layer)
    monitor, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    simulate(
        dut,
        sending(dut.i, beats),
        taking(dut.o, images * layer.vectors),
        background=[monitor.watch, out.watch],
    )
    # Lower right corners of the windows, in a map without its upper and left border.
    rows = range(kernel - 1 - padding, height + padding, stride)
    cols = range(kernel - 1 - padding, width + padding, stride)
    visited = [(row, col) for row in range(max(height, rows[-1] + 1)) for col in range(max(width, cols[-1] + 1))]
    period = len(visited)
    corners = [cycle for cycle, (row, col) in enumerate(visited) if row in rows and col in cols]
    inside = [cycle for cycle, (row, col) in enumerate(visited) if row < height and col < width]
    assert out.offered == [image * period + cycle + 1 for image in range(images) for cycle in corners]
    assert monitor.taken == [image * period + cycle for image in range(images) for cycle in inside]


@pytest.mark.parametrize("wait", [1, 4])
def test_nothing_moves_while_a_window_waits(wait):
    """The next window may be there in the cycle after one was taken."""
    config, layer, _ = make((4, 4, 1, 1), (3, 1, 0))
    dut = WindowBuffer(config, layer)
    out = StreamMonitor(dut.o)
    beats = [{"bits": 1}] * 16
    simulate(dut, sending(dut.i, beats), taking(dut.o, 4, idle=wait), background=[out.watch])
    # Two windows in a row follow one another at once.
    assert out.offered[1] == out.taken[0] + 1
    assert out.offered[3] == out.taken[2] + 1
    # Two positions begin the next row.
    assert out.offered[2] == out.taken[1] + 3


def test_dense_layer_is_refused():
    layer = SMALLEST.layers[0]
    message = f"WindowBuffer layer must be a convolution, not {layer!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        WindowBuffer(SMALLEST, layer)
