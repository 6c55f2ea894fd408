"""Simulated inputs per second of a whole core.

This is the speed of verification with cocotb.
"""

import json
import time
from pathlib import Path

import cocotb
from cocotb.triggers import FallingEdge

from golden.model import core_model
from hdl.streams import Logit, PixelBeat, Result

from ...agents.agents import StreamDriver, StreamMonitor, StreamSink
from ...agents.clocking import cycle, reset, start_clock
from ...agents.parameters import Parameters
from ...agents.stalls import Stalls


@cocotb.test()
async def throughput(dut):
    """Send inputs without a pause, time them to their last result, and compare every logit with golden."""
    parameters = Parameters.load()
    config, rng = parameters.core, parameters.rng()
    pixels = parameters.values["pixels"]
    logits: list[int] = []
    results: list[dict[str, int]] = []
    start_clock(dut)
    driver = StreamDriver(dut, "pixels", PixelBeat(config), Stalls.NEVER.pattern(rng))
    StreamSink(dut, "logits", Stalls.NEVER.pattern(rng))
    StreamSink(dut, "results", Stalls.NEVER.pattern(rng))
    StreamMonitor(dut, "logits", Logit(config), lambda beat: logits.append(beat["value"]))
    StreamMonitor(dut, "results", Result(config), results.append)
    for name in ("request__valid", "request__payload", "answer__ready", "short_packet", "long_packet"):
        dut[name].value = 0
    await reset(dut)

    begin, first = time.perf_counter(), cycle()
    width = config.ports.pixels_per_beat
    padding = [0] * (config.beats_per_input * width - config.network.inputs)
    for image in pixels:
        padded = [*image, *padding]
        for place in range(0, len(padded), width):
            await driver.send({"pixels": padded[place : place + width]})
    while len(results) < len(pixels) * config.network.classes:
        await FallingEdge(dut.clk)
    seconds = time.perf_counter() - begin

    expected = core_model(parameters.contents).logits(pixels)
    assert logits == expected.flatten().tolist()
    figures = {"seconds": seconds, "cycles": cycle() - first, "inputs": len(pixels)}
    Path(parameters.values["figures"]).write_text(json.dumps(figures), encoding="utf-8")
