import random

import numpy as np
import pytest

from cocotb_tests.agents.column_beats import ColumnBeats
from cocotb_tests.agents.lanes import to_lanes
from golden.arrays import counts
from hdl.contract import array_rows
from hdl.crossbar import Crossbar
from hdl.testing import StreamMonitor, pause, simulate, taking

from ..arrays import array_words, random_weights
from ..configurations import each_layer_and_grouping, each_pipeline, each_stall, pipelined
from ..row_port import every_address, row_command
from ..word_lines import VectorSource


def random_vectors(rng, config, layer, count):
    """Return pairs of values and tag; the first two are the extremes."""
    top = layer.plane_gain
    values = [[0] * layer.inputs, [top] * layer.inputs]
    values += [[rng.randint(0, top) for _ in range(layer.inputs)] for _ in range(count - 2)]
    return [(v, {"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)}) for v in values]


def expected_beats(layer, weights, vectors):
    """Return what golden says of ``vectors``, as counts are sent."""
    sums = counts(layer, np.array([values for values, _ in vectors]), weights).tolist()
    return [(numbers, tag) for numbers, (_, tag) in zip(sums, vectors, strict=True)]


def counted(layer, beats):
    """Return the counts and tags of the vectors in ``beats``, whatever their padding columns counted."""
    joined, found = ColumnBeats(layer), []
    for beat in beats:
        numbers = joined.join(to_lanes(beat["planes"], layer.beat_outputs))
        found += [] if numbers is None else [(numbers, beat["tag"])]
    return found


@each_layer_and_grouping
@each_pipeline
@each_stall
def test_agrees_with_golden(config, layer, pipeline, send_idle, take_idle):
    config = pipelined(config, pipeline)
    rng = random.Random(f"{config.name}-{layer.index}")
    weights = random_weights(rng, layer)
    vectors = random_vectors(rng, config, layer, 8)
    dut = Crossbar(config, layer, weights=weights)
    source = VectorSource(dut.i, layer, vectors, rng, idle=send_idle)
    out = StreamMonitor(dut.o)

    groups = layer.column_groups
    beats = len(vectors) * groups
    simulate(dut, source.run, taking(dut.o, beats, idle=take_idle), background=[out.watch])

    assert counted(layer, out.beats) == expected_beats(layer, weights, vectors)
    if not take_idle:
        # A beat takes as many cycles as reads, and its counts are there two cycles and all stages after the last;
        # the output is empty for a cycle between two. Where reads are few, a beat waits for the counts of the last
        # but one.
        begun = source.read[:: layer.reads]
        begins, offers = [], []
        for index in range(beats):
            idle = 0 if index % groups else send_idle
            ready = begins[-1] + layer.reads + idle if index else idle
            begins.append(max(ready, out.taken[index - 2] + 1 if index > 1 else 0))
            there = begins[-1] + layer.reads + 2 + pipeline
            offers.append(max(there, out.taken[index - 1] + 2 if index else 0))
        assert begun == begins
        assert out.offered == offers
        assert len(source.read) == layer.reads * beats
        if layer.reads + send_idle * (groups == 1) >= pipeline + 3:
            period = layer.reads * groups + send_idle
            assert begun[::groups] == source.offered == [index * period + send_idle for index in range(len(vectors))]


@each_layer_and_grouping
@pytest.mark.parametrize("pipeline", [0, 2])
def test_programmed_between_vectors(config, layer, pipeline):
    """Rows with garbage where no weight is, while vectors wait; then all of them read back."""
    config = pipelined(config, pipeline)
    rng = random.Random(f"{config.name}-{layer.index}")
    dut = Crossbar(config, layer, weights=random_weights(rng, layer))
    weights = random_weights(rng, layer)
    vectors = random_vectors(rng, config, layer, 4)
    tiles = [array_words(rng, layer, weights, tile) for tile in range(layer.arrays)]
    places = [
        ({"tile": tile, "group": group, "line": line}, word)
        for tile, words in enumerate(tiles)
        for group, lines in enumerate(words)
        for line, word in enumerate(lines)
    ]
    source = VectorSource(dut.i, layer, vectors, rng)
    out = StreamMonitor(dut.o)

    async def program(ctx):
        rng.shuffle(places)
        for place, word in places:
            reply = await row_command(ctx, dut, place, row=word, idle=rng.randrange(2))
            assert not reply["error"]
        for place, word in places:
            reply = await row_command(ctx, dut, place, idle=rng.randrange(2))
            assert reply == {"row": word, "error": 0}, place
        await source.run(ctx)

    simulate(dut, program, taking(dut.o, len(vectors) * layer.column_groups), background=[out.watch])
    assert counted(layer, out.beats) == expected_beats(layer, weights, vectors)


@each_layer_and_grouping
@pytest.mark.parametrize("pipeline", [0, 4])
@each_stall
def test_commands_come_between_vectors(config, layer, pipeline, send_idle, take_idle):
    """While vectors stream, rows are read, and rewritten with other garbage where no weight is."""
    config = pipelined(config, pipeline)
    rng = random.Random(f"{config.name}-{layer.index}-{send_idle}-{take_idle}")
    weights = random_weights(rng, layer)
    vectors = random_vectors(rng, config, layer, 10)
    dut = Crossbar(config, layer, weights=weights)
    rows = {
        (tile, group, line): word
        for tile in range(layer.arrays)
        for group, words in enumerate(array_rows(weights, layer, tile))
        for line, word in enumerate(words)
    }
    source = VectorSource(dut.i, layer, vectors, rng, idle=send_idle)
    out, command, reply = StreamMonitor(dut.o), StreamMonitor(dut.command), StreamMonitor(dut.reply)
    # Addresses that exist are drawn as often as those that may not.
    places = every_address(config)
    existing = [place for place in places if tuple(place.values()) in rows]
    places = existing * (len(places) // len(existing)) + places
    errors = 0

    async def program(ctx):
        nonlocal errors
        while len(out.beats) < len(vectors) * layer.column_groups:
            place = rng.choice(places)
            address = tuple(place.values())
            exists = address in rows
            row = None
            if exists and rng.getrandbits(1):
                tile, group, line = address
                row = array_words(rng, layer, weights, tile)[group][line]
            answer = await row_command(ctx, dut, place, row=row, idle=rng.randrange(2))
            assert answer["error"] == (not exists)
            errors += not exists
            if exists and row is None:
                assert answer["row"] == rows[address]
            elif exists:
                rows[address] = row
            await pause(ctx, rng.randrange(layer.reads + 3) if rng.getrandbits(1) else 0)

    monitors = [monitor.watch for monitor in (out, command, reply)]
    simulate(
        dut, program, source.run, taking(dut.o, len(vectors) * layer.column_groups, idle=take_idle), background=monitors
    )

    assert counted(layer, out.beats) == expected_beats(layer, weights, vectors)
    assert len(command.taken) > errors
    # A command waits for the reads of the vector in progress, never for the next vector, nor for counts to be taken but
    # where further groups of columns of the vector do.
    waits = [offered - start for start, offered in zip(command.offered, reply.offered, strict=False)]
    executed = layer.column_folds * (2 + config.hardware.reads_registered)
    before = (layer.column_groups - 1) * (layer.reads + pipeline + 5 + take_idle)
    assert max(waits) <= before + layer.reads + pipeline + executed
