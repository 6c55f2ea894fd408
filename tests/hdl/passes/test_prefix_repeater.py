import random

import pytest

from hdl.passes import PrefixRepeater
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import PADDED, WEIGHTED, each_stall

_INPUTS = 5

#: First, middle and last layers, and one that is both first and last.
each_hidden = pytest.mark.parametrize(
    ("config", "layer"),
    [
        pytest.param(config, layer, id=f"{config.name}-{layer.index}")
        for config in WEIGHTED
        for layer in config.hidden_layers
    ],
)


def random_counts(rng, config, layer):
    """Return counts as they come from the layers before, and the masks below theirs that occur, as a list."""
    below = sum(each.mask_bits for each in config.layers[layer.index :])
    beats, presents = [], []
    for _ in range(_INPUTS):
        # Several of an input, the last of them marked; in the first layer one, the mark being garbage.
        siblings = 1 if layer.index == 0 else rng.randint(1, 2**layer.mask_offset)
        for number in range(siblings):
            present = rng.choice([1 << rng.randrange(2**below), 2**2**below - 1, rng.randrange(1, 2**2**below)])
            tag = {"mask": rng.getrandbits(layer.mask_offset), "last": number == siblings - 1, "weight": 0}
            if layer.index == 0:
                tag |= {"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)}
            tag["present"] = rng.getrandbits(config.stochastic.masks // 2) if layer.index == 0 else present
            planes = [rng.getrandbits(layer.outputs) for _ in range(layer.count_width)]
            beats.append({"planes": planes, "tag": tag})
            presents.append([index for index in range(2**below) if present >> index & 1])
    return beats, presents


def expected_beats(config, layer, beats, presents, weights):
    """Return the beats that come of ``beats``, bit by bit."""
    expected = []
    remaining = iter(weights)
    below = sum(each.mask_bits for each in config.layers[layer.index + 1 :])
    for beat, present in zip(beats, presents, strict=True):
        children = sorted({index >> below for index in present})
        for child in children:
            before = beat["tag"] if layer.index else {"mask": 0, "last": 1}
            tag = {
                "mask": before["mask"] + (child << layer.mask_offset),
                "last": int(child == children[-1] and before["last"]),
                "present": sum(1 << index % 2**below for index in present if index >> below == child),
                "weight": next(remaining) if layer == config.hidden_layers[-1] else beat["tag"]["weight"],
            }
            expected.append({"planes": beat["planes"], "tag": tag})
    return expected


@each_hidden
@each_stall
@pytest.mark.parametrize("side_idle", [0, 2])
def test_sends_counts_once_for_each_value_that_occurs(config, layer, side_idle, send_idle, take_idle):
    """Lowest first, with what remains of the masks; the last of an input is marked."""
    rng = random.Random(f"{config.name}-{layer.index}-{side_idle}-{send_idle}-{take_idle}")
    beats, presents = random_counts(rng, config, layer)
    weights = [rng.randint(1, config.pass_weight_total) for _ in range(len(beats) * 2**layer.mask_bits)]
    expected = expected_beats(config, layer, beats, presents, weights)
    dut = PrefixRepeater(config, layer)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    background = [source.watch, out.watch]
    sides = []
    if layer.index == 0:
        sides.append((dut.present, [sum(1 << index for index in present) for present in presents]))
    if layer == config.hidden_layers[-1]:
        sides.append((dut.weights, weights))
    monitors = [StreamMonitor(stream) for stream, _ in sides]
    background += [monitor.watch for monitor in monitors]
    background += [sending(stream, payloads, idle=side_idle) for stream, payloads in sides]

    simulate(
        dut,
        sending(dut.i, beats, idle=send_idle),
        taking(dut.o, len(expected), idle=take_idle),
        background=background,
    )

    assert out.beats == expected
    # Counts are taken with the last of their beats.
    lengths = [
        len({index >> sum(e.mask_bits for e in config.layers[layer.index + 1 :]) for index in p}) for p in presents
    ]
    ends = [sum(lengths[: number + 1]) - 1 for number in range(len(lengths))]
    assert source.taken == [out.taken[end] for end in ends]
    for (stream, _), monitor in zip(sides, monitors, strict=True):
        # The masks that occur with the counts, a weight with each beat.
        assert monitor.taken == (source.taken if stream is getattr(dut, "present", None) else out.taken)
    if not (send_idle or take_idle or (side_idle and sides)):
        assert out.taken == list(range(len(expected)))


@pytest.mark.parametrize(
    ("config", "layer"), [(PADDED, PADDED.layers[0]), (WEIGHTED[0], WEIGHTED[0].layers[-1])], ids=["plain", "last"]
)
def test_refuses_other_layers(config, layer):
    with pytest.raises(
        ValueError, match=r"^PrefixRepeater layer must be a hidden layer whose passes have weights, not Layer\("
    ):
        PrefixRepeater(config, layer)
