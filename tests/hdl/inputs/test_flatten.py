import numpy as np
import pytest

from hdl.config import FeatureMap
from hdl.inputs import Flatten
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import RESIDUAL, each_stall
from ..maps import plane_bits, positions, random_map, random_tag

SOURCES = [
    FeatureMap(height=height, width=width, channels=channels)
    for height, width, channels in ((1, 1, 1), (1, 1, 5), (1, 3, 2), (3, 1, 1), (3, 5, 4))
]


@pytest.mark.parametrize("source", SOURCES, ids=str)
@each_stall
def test_collects_all_positions(source, send_idle, take_idle):
    rng = np.random.default_rng([send_idle, take_idle, source.size])
    config = RESIDUAL
    maps = [(random_map(rng, source), random_tag(rng, config)) for _ in range(6)]
    dut = Flatten(config, source)
    monitor, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    beats = [{"bits": plane_bits(each), "tag": tag} for values, tag in maps for each in positions(values)]
    simulate(
        dut,
        sending(dut.i, beats, idle=send_idle),
        taking(dut.o, len(maps), idle=take_idle),
        background=[monitor.watch, out.watch],
    )
    assert out.beats == [{"bits": plane_bits(values), "tag": tag} for values, tag in maps]
    # There in the cycle after the last position, which may be that in which the next map begins.
    ends = monitor.taken[source.positions - 1 :: source.positions]
    assert out.offered == [cycle + 1 for cycle in ends]
    if not send_idle:
        begins = monitor.taken[source.positions :: source.positions]
        assert begins == out.taken[:-1]
        within = np.diff(monitor.taken).reshape(-1)[: source.positions - 1]
        assert (within == 1).all()
    if not (send_idle or take_idle):
        assert monitor.taken == list(range(len(beats)))
