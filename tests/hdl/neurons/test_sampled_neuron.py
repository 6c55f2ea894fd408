import random
import re

import numpy as np
import pytest

from cocotb_tests.agents.lanes import from_bits
from hdl.contract import neuron_rows
from hdl.neurons import SampledNeuron
from hdl.testing import StreamMonitor, pause, sending, simulate, taking

from ..configurations import SMALLEST
from ..local_layers import drawings, local_config
from ..row_port import every_address, row_command
from .test_neuron import as_payloads, random_beats, random_thresholds

#: Units, levels and planes compared in a cycle.
SIZES = [(1, 2, 8), (2, 3, 2), (3, 8, 1), (16, 5, 3)]

#: Cycles of waiting in which any beat is compared.
LONG = 90

each_size = pytest.mark.parametrize(("units", "levels", "planes"), SIZES)
each_shape = pytest.mark.parametrize("maps", [False, True], ids=["vectors", "maps"])


def make(units, levels, planes, maps):
    config = local_config("subset-vi", units, maps=maps, planes_per_cycle=planes, levels=levels)
    return config, config.layers[0]


def expected_beats(config, layer, thresholds, flips, beats):
    """Return what neurons give with the threshold of the level that was drawn for each."""
    held = layer.vectors
    passes = drawings(config, layer, -(-len(beats) // held))
    found = []
    for index, (numbers, tag) in enumerate(beats):
        fired = [
            int(count >= own[bin(draw % 2 ** (layer.choices - 1)).count("1")]) ^ flip
            for count, own, flip, draw in zip(numbers, thresholds, flips, passes[index // held], strict=True)
        ]
        found.append({"bits": from_bits(fired), "tag": tag})
    return found


@each_size
@each_shape
@pytest.mark.parametrize("send_idle", [0, 3])
@pytest.mark.parametrize("take_idle", [0, 3, LONG])
def test_agrees_with_golden(units, levels, planes, maps, send_idle, take_idle):
    rng = random.Random(f"{units}-{levels}-{maps}-{send_idle}-{take_idle}")
    config, layer = make(units, levels, planes, maps)
    thresholds, flips = random_thresholds(rng, layer)
    beats = random_beats(rng, config, layer, thresholds, layer.vectors + 8)
    dut = SampledNeuron(config, layer, contents={"thresholds": thresholds, "flips": flips})
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    simulate(
        dut,
        sending(dut.i, as_payloads(layer, beats), idle=send_idle),
        taking(dut.o, len(beats), idle=take_idle),
        background=[source.watch, out.watch],
    )
    assert out.beats == expected_beats(config, layer, thresholds, flips, beats)
    if not take_idle:
        firsts = [index % layer.vectors == 0 for index in range(len(beats))]
        waits = [levels * dut.compare_cycles + first * layer.local.steps for first in firsts]
        assert source.taken == [cycle + wait for cycle, wait in zip(source.offered, waits, strict=True)]
        assert out.offered == [cycle + 2 for cycle in source.taken]
    elif take_idle == LONG:
        # Once both places are full: compared while those before waited, and there a cycle after they were taken.
        assert out.offered[3:] == [cycle + 1 for cycle in out.taken[2:-1]]


def test_sizes_differ_in_what_matters():
    """Otherwise the test above would show less than it says."""
    duts = [SampledNeuron(*make(*size, False)) for size in SIZES]
    assert {dut.compare_cycles for dut in duts} >= {1, 2, 3}
    assert {make(*size, False)[1].local.steps for size in SIZES} >= {1, 2, 3, 5}


@each_size
@pytest.mark.parametrize("take_idle", [0, 3])
def test_programmed_while_counts_stream(units, levels, planes, take_idle):
    """First all rows, then some of them again, as they are, between the counts; missing ones are refused."""
    config, layer = make(units, levels, planes, True)
    rng = random.Random(f"{units}-{take_idle}")
    thresholds, flips = random_thresholds(rng, layer)
    beats = random_beats(rng, config, layer, thresholds, 24)
    dut = SampledNeuron(config, layer)
    out, command, reply = StreamMonitor(dut.o), StreamMonitor(dut.command), StreamMonitor(dut.reply)
    rows = {
        (tile, level, line): word
        for tile in range(layer.col_tiles)
        for level, words in enumerate(neuron_rows({"thresholds": thresholds, "flips": flips}, layer, tile))
        for line, word in enumerate(words)
    }

    async def run(ctx):
        for (tile, group, line), word in rows.items():
            answer = await row_command(ctx, dut, {"tile": tile, "group": group, "line": line}, row=word)
            assert not answer["error"]
        await sending(dut.i, as_payloads(layer, beats))(ctx)

    async def disturb(ctx):
        await ctx.tick().until(dut.i.valid)
        places = every_address(config)
        while len(out.beats) < len(beats):
            place = rng.choice(places)
            word = rows.get(tuple(place.values()))
            row = rng.choice([None, 0 if word is None else word])
            answer = await row_command(ctx, dut, place, row=row, idle=rng.randrange(3))
            assert answer["error"] == (word is None)
            if word is not None and row is None:
                assert answer["row"] == word
            await pause(ctx, rng.randrange(9))

    monitors = [monitor.watch for monitor in (out, command, reply)]
    simulate(dut, run, disturb, taking(dut.o, len(beats), idle=take_idle), background=monitors, max_cycles=20_000)
    assert out.beats == expected_beats(config, layer, thresholds, flips, beats)
    assert len(reply.beats) > len(rows) + 10


def test_every_level_is_drawn():
    config, layer = make(2, 5, 5, False)
    levels = {bin(draw % 16).count("1") for each in drawings(config, layer, 40) for draw in each}
    assert levels == set(range(5))
    assert np.array(drawings(config, layer, 3)).shape == (3, 5)


def test_layer_without_units_is_refused():
    message = f"SampledNeuron layer must have local units and choices, not {SMALLEST.layers[0]!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        SampledNeuron(SMALLEST, SMALLEST.layers[0])
