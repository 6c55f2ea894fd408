import random
import re

import numpy as np
import pytest

from cocotb_tests.agents.lanes import from_bits, to_planes
from golden.neurons import fire
from hdl.contract import neuron_rows
from hdl.neurons import DropoutNeuron, Neuron
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import SMALLEST, each_stall
from ..local_layers import drawings, each_number_of_units, local_config
from ..row_port import row_command
from .test_neuron import as_payloads, random_beats, random_thresholds

CODE = 50


def expected_beats(config, layer, thresholds, flips, beats):
    fired = fire([numbers for numbers, _ in beats], thresholds, flips).tolist()
    held = layer.vectors // layer.local.drawings
    kept = [[draw >= CODE for draw in each] for each in drawings(config, layer, len(beats))]
    return [
        {"bits": from_bits([bit & keep for bit, keep in zip(bits, kept[index // held], strict=True)]), "tag": tag}
        for index, (bits, (_, tag)) in enumerate(zip(fired, beats, strict=True))
    ]


def set_code(dut):
    async def testbench(ctx):
        ctx.set(dut.code, CODE)

    return testbench


@pytest.mark.parametrize("method", ["spatial-dropout", "spin-dropout"])
@pytest.mark.parametrize("maps", [False, True], ids=["vectors", "maps"])
@each_number_of_units
@each_stall
def test_agrees_with_golden(method, maps, units, send_idle, take_idle):
    rng = random.Random(f"{method}-{maps}-{units}-{send_idle}-{take_idle}")
    config = local_config(method, units, maps=maps)
    layer = config.layers[0]
    thresholds, flips = random_thresholds(rng, layer)
    beats = random_beats(rng, config, layer, thresholds, 2 * layer.vectors + 7)
    dut = DropoutNeuron(config, layer, contents={"thresholds": thresholds, "flips": flips})
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    simulate(
        dut,
        set_code(dut),
        sending(dut.i, as_payloads(layer, beats), idle=send_idle),
        taking(dut.o, len(beats), idle=take_idle),
        background=[source.watch, out.watch],
    )
    assert out.beats == expected_beats(config, layer, thresholds, flips, beats)
    if send_idle == take_idle == 0:
        # Drawing and comparison go on at the same time; in the long run the longer of the two is waited for.
        compare = Neuron(config, layer).compare_cycles
        if layer.local.drawings == layer.vectors:
            assert np.diff(out.taken[4:]).tolist() == [1 + max(compare, layer.local.steps)] * (len(beats) - 5)
        assert out.offered[0] == max(compare + 2, layer.local.steps)


def test_rows_are_programmed_and_read_back():
    rng = random.Random(3)
    config = local_config("spin-dropout", 2)
    layer = config.layers[0]
    thresholds, flips = random_thresholds(rng, layer)
    beats = random_beats(rng, config, layer, thresholds, 20)
    dut = DropoutNeuron(config, layer)
    out = StreamMonitor(dut.o)

    async def run(ctx):
        ctx.set(dut.code, CODE)
        for tile in range(layer.col_tiles):
            (lines,) = neuron_rows({"thresholds": thresholds, "flips": flips}, layer, tile)
            for line, word in enumerate(lines):
                address = {"tile": tile, "group": 0, "line": line}
                assert not (await row_command(ctx, dut, address, row=word))["error"]
                assert await row_command(ctx, dut, address) == {"row": word, "error": 0}
        payloads = [{"planes": to_planes(numbers, layer.count_width), "tag": tag} for numbers, tag in beats]
        await sending(dut.i, payloads)(ctx)

    simulate(dut, run, taking(dut.o, len(beats)), background=[out.watch])
    assert out.beats == expected_beats(config, layer, thresholds, flips, beats)


def test_layer_without_units_is_refused():
    message = f"DropoutNeuron layer must have local units, not {SMALLEST.layers[0]!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        DropoutNeuron(SMALLEST, SMALLEST.layers[0])
