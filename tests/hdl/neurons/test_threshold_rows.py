import random

import numpy as np
import pytest

from hdl.contract import neuron_rows
from hdl.neurons import ThresholdRows
from hdl.testing import simulate

from ..affine import AFFINE
from ..configurations import CONFIGURATIONS
from ..row_port import every_address, row_command

#: Configuration, layer, and whether its neurons read line by line.
CASES = [
    pytest.param(config, layer, serial, id=f"{config.name}-{layer.index}")
    for serial, configs in ((False, CONFIGURATIONS[:4]), (True, (AFFINE[0], AFFINE[3])))
    for config in configs
    for layer in config.hidden_layers
]
each_layer = pytest.mark.parametrize(("config", "layer", "serial"), CASES)


def random_rows(rng, layer):
    """Return integers of any value, and the same as rows by tile, choice and line."""
    contents = {
        member.name: np.array(
            [
                [rng.randint(member.lowest, member.highest) for _ in range(layer.choices)]
                if member.chosen
                else rng.randint(member.lowest, member.highest)
                for _ in range(layer.outputs)
            ]
        )
        for member in layer.neuron_fields
    }
    rows = {
        (tile, choice, line): row
        for tile in range(layer.col_tiles)
        for choice, lines in enumerate(neuron_rows(contents, layer, tile))
        for line, row in enumerate(lines)
    }
    return contents, rows


async def planes_of(ctx, dut, layer, choice, *, serial):
    """Read all lines of a choice, as a neuron does."""
    found = []
    ctx.set(dut.choice, choice)
    for line in range(layer.neuron_lines if serial else 1):
        ctx.set(dut.read, 1)
        if serial:
            ctx.set(dut.line, line)
        await ctx.tick()
        ctx.set(dut.read, 0)
        # They stay until the next read, whatever the address is.
        ctx.set(dut.choice, 0)
        await ctx.tick()
        ctx.set(dut.choice, choice)
        found += [ctx.get(plane) for plane in dut.planes]
    return found


def expected_planes(layer, rows, choice):
    ones = (1 << layer.cols) - 1
    return [
        sum((rows[tile, choice, line] & ones) << tile * layer.cols for tile in range(layer.col_tiles))
        & (1 << layer.outputs) - 1
        for line in range(layer.neuron_lines)
    ]


@each_layer
@pytest.mark.parametrize("idle", [0, 3])
def test_rows_are_read_by_the_neurons_and_through_the_port(config, layer, serial, idle):
    """Those it was made with, and those that are programmed; a row that does not exist is an error."""
    rng = random.Random(f"{config.name}-{layer.index}")
    contents, rows = random_rows(rng, layer)
    dut = ThresholdRows(config, layer, contents=contents, serial=serial)
    compared = []

    async def testbench(ctx):
        ctx.set(dut.idle, 1)
        for _ in range(2):
            for choice in range(layer.choices):
                assert not ctx.get(dut.hold)
                found = await planes_of(ctx, dut, layer, choice, serial=serial)
                assert found == expected_planes(layer, rows, choice)
                compared.append(choice)
            for address in rng.sample(every_address(config), min(24, len(every_address(config)))):
                place = tuple(address.values())
                row = rng.getrandbits(config.array.cols)
                written = await row_command(ctx, dut, address, row=row, idle=idle)
                assert written["error"] == (place not in rows)
                if place in rows:
                    rows[place] = row & (1 << layer.cols) - 1
                    read = await row_command(ctx, dut, address, idle=idle)
                    assert not read["error"]
                    assert read["row"] & (1 << layer.cols) - 1 == rows[place]

    simulate(dut, testbench, max_cycles=40_000)
    assert len(compared) == 2 * layer.choices


@each_layer
def test_a_command_waits_for_busy_neurons(config, layer, serial):
    """It holds them from the first cycle on, and is carried out once they are idle; the planes stay until then."""
    contents, _ = random_rows(random.Random(config.name), layer)
    dut = ThresholdRows(config, layer, contents=contents, serial=serial)
    address = {"tile": 0, "group": 0, "line": 0, "thresholds": 1, "layer": layer.index}

    async def testbench(ctx):
        ctx.set(dut.idle, 1)
        ctx.set(dut.read, 1)
        ctx.set(dut.choice, layer.choices - 1)
        await ctx.tick()
        ctx.set(dut.read, 0)
        ctx.set(dut.idle, 0)
        shown = [ctx.get(plane) for plane in dut.planes]
        ctx.set(dut.command.payload, {"address": address, "write": 1, "row": 0})
        ctx.set(dut.command.valid, 1)
        for _ in range(5):
            assert ctx.get(dut.hold)
            assert not ctx.get(dut.reply.valid)
            await ctx.tick()
            assert [ctx.get(plane) for plane in dut.planes] == shown
        ctx.set(dut.idle, 1)
        await ctx.tick().until(dut.reply.valid)

    simulate(dut, testbench)


def test_a_layer_without_neurons_is_refused():
    config = CONFIGURATIONS[0]
    with pytest.raises(ValueError, match=r"^ThresholdRows layer must be a hidden layer of the configuration, not "):
        ThresholdRows(config, config.layers[-1])
