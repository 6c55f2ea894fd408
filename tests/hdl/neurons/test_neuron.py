import random

import numpy as np
import pytest

from cocotb_tests.agents.lanes import from_bits, to_planes
from golden.neurons import fire
from hdl.contract import neuron_rows
from hdl.neurons import Neuron
from hdl.testing import StreamMonitor, pause, sending, simulate, taking

from ..configurations import CONFIGURATIONS, each_stall, layer_cases
from ..row_port import every_address, row_command

each_hidden_layer = pytest.mark.parametrize(
    ("config", "layer"), layer_cases(CONFIGURATIONS, lambda config: config.hidden_layers)
)


def random_thresholds(rng, layer):
    """Return thresholds and flips; some thresholds are the extremes."""
    top = layer.threshold_max
    choices = range(layer.choices)
    pick = [0, top, top - 1, top // 2, *(rng.randint(0, top) for _ in range(4))]
    thresholds = np.array([[rng.choice(pick) for _ in choices] for _ in range(layer.outputs)])
    return thresholds, np.array([rng.getrandbits(1) for _ in range(layer.outputs)])


def random_beats(rng, config, layer, thresholds, count):
    """Return counts with their tags: extremes, and what is just at or just below the thresholds."""
    beats = []
    for _ in range(count):
        near = [
            min(layer.count_max, max(0, int(rng.choice(list(choices))) - rng.getrandbits(1))) for choices in thresholds
        ]
        numbers = rng.choice([near, near, [rng.randint(0, layer.count_max) for _ in near], [0] * len(near)])
        numbers = [layer.count_max] * len(near) if rng.random() < 0.1 else numbers
        beats.append((numbers, {"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)}))
    return beats


def as_payloads(layer, beats):
    return [{"planes": to_planes(numbers, layer.count_width), "tag": tag} for numbers, tag in beats]


def expected_beats(layer, thresholds, flips, beats):
    mask = [tag["mask"] >> layer.mask_offset & 1 for _, tag in beats] if layer.choices > 1 else None
    bits = fire([numbers for numbers, _ in beats], thresholds, flips, mask).tolist()
    return [{"bits": from_bits(fired), "tag": tag} for fired, (_, tag) in zip(bits, beats, strict=True)]


@each_hidden_layer
@each_stall
def test_agrees_with_golden(config, layer, send_idle, take_idle):
    rng = random.Random(f"{config.name}-{layer.index}")
    thresholds, flips = random_thresholds(rng, layer)
    beats = random_beats(rng, config, layer, thresholds, 40)
    dut = Neuron(config, layer, contents={"thresholds": thresholds, "flips": flips})
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)

    simulate(
        dut,
        sending(dut.i, as_payloads(layer, beats), idle=send_idle),
        taking(dut.o, len(beats), idle=take_idle),
        background=[source.watch, out.watch],
    )

    assert out.beats == expected_beats(layer, thresholds, flips, beats)
    if not take_idle:
        # A cycle to read, some to compare, and two more until the activations are there.
        assert source.taken == [cycle + dut.compare_cycles for cycle in source.offered]
        assert out.offered == [cycle + 2 for cycle in source.taken]
    elif not send_idle:
        # Once both places are full: compared while those before waited, and there a cycle after they were taken.
        assert out.offered[3:] == [cycle + 1 for cycle in out.taken[2:-1]]


def test_thresholds_can_be_wider_than_counts():
    """Otherwise the test above would show less than it says."""
    layers = [layer for config in CONFIGURATIONS for layer in config.hidden_layers]
    assert {layer.threshold_width - layer.count_width for layer in layers} == {0, 1}
    assert {layer.choices for layer in layers} == {1, 2}
    cycles = {Neuron(config, layer).compare_cycles for config in CONFIGURATIONS for layer in config.hidden_layers}
    assert cycles == {1, 2}


@each_hidden_layer
@pytest.mark.parametrize("take_idle", [0, 3])
def test_programmed_while_counts_stream(config, layer, take_idle):
    """First all rows, with garbage in the columns of padding; then some of them again between the counts."""
    rng = random.Random(f"{config.name}-{layer.index}-{take_idle}")
    thresholds, flips = random_thresholds(rng, layer)
    beats = random_beats(rng, config, layer, thresholds, 30)
    other, other_flips = random_thresholds(rng, layer)
    dut = Neuron(config, layer, contents={"thresholds": other, "flips": other_flips})
    out, command, reply = StreamMonitor(dut.o), StreamMonitor(dut.command), StreamMonitor(dut.reply)
    rows = {
        (tile, choice, line): word
        for tile in range(layer.col_tiles)
        for choice, words in enumerate(neuron_rows({"thresholds": thresholds, "flips": flips}, layer, tile))
        for line, word in enumerate(words)
    }
    errors = 0

    def with_garbage(tile, word):
        used = min(layer.cols, layer.outputs - tile * layer.cols)
        return word | rng.getrandbits(layer.cols) >> used << used

    async def run(ctx):
        for (tile, group, line), word in rows.items():
            rows[tile, group, line] = word = with_garbage(tile, word)
            answer = await row_command(ctx, dut, {"tile": tile, "group": group, "line": line}, row=word)
            assert not answer["error"]
        await sending(dut.i, as_payloads(layer, beats))(ctx)

    async def disturb(ctx):
        nonlocal errors
        await ctx.tick().until(dut.i.valid)
        places = every_address(config)
        existing = [place for place in places if tuple(place.values()) in rows]
        places += existing * (len(places) // len(existing))
        while len(out.beats) < len(beats):
            place = rng.choice(places)
            address = tuple(place.values())
            exists = address in rows
            row = with_garbage(address[0], rows[address]) if exists and rng.getrandbits(1) else None
            answer = await row_command(ctx, dut, place, row=row, idle=rng.randrange(3))
            assert answer["error"] == (not exists)
            errors += not exists
            if exists and row is None:
                assert answer["row"] == rows[address]
            elif exists:
                rows[address] = row
            await pause(ctx, rng.randrange(5))

    monitors = [monitor.watch for monitor in (out, command, reply)]
    simulate(dut, run, disturb, taking(dut.o, len(beats), idle=take_idle), background=monitors)

    assert out.beats == expected_beats(layer, thresholds, flips, beats)
    assert len(reply.beats) > len(rows) + errors
    # A command waits for one comparison at the most.
    waits = [offered - start for start, offered in zip(command.offered, reply.offered, strict=True)]
    assert max(waits) <= dut.compare_cycles + 2 + take_idle
    assert command.taken == reply.taken
