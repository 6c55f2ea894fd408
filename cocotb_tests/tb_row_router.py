"""Testbench of :class:`hdl.row_router.RowRouter`."""

from typing import Any

import cocotb
from cocotb.triggers import Timer

from cocotb_tests.beats import pack, unpack
from cocotb_tests.clocking import PERIOD, UNIT
from cocotb_tests.parameters import Parameters
from cocotb_tests.port_monitor import drive
from hdl.layouts import RowCommand, RowReply

_TRIES = 20


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def commands_reach_their_block_and_no_other(dut: Any) -> None:
    """Every block and every address without one, with all handshakes at random."""
    parameters = Parameters.load()
    config, rng = parameters.core, parameters.rng()
    blocks = [("crossbar", 0, layer.index) for layer in config.layers]
    blocks += [("neuron", 1, layer.index) for layer in config.hidden_layers]
    layout, answer = RowCommand(config), RowReply(config)
    address = layout["address"].shape
    beyond = range(2 ** address["layer"].width)
    for thresholds in (0, 1):
        for layer in beyond:
            for _ in range(_TRIES):
                valid, ready = rng.getrandbits(1), rng.getrandbits(1)
                packed = rng.getrandbits(layout.size)
                command = unpack(layout, packed)
                command["address"] |= {"thresholds": thresholds, "layer": layer}
                drive(dut, command__valid=valid, reply__ready=ready, command__payload=pack(layout, command))
                states = {}
                for kind, of, index in blocks:
                    state = (rng.getrandbits(1), rng.getrandbits(1), rng.getrandbits(answer.size))
                    states[of, index] = state
                    names = (f"{kind}_command__{index}__ready", f"{kind}_reply__{index}__valid")
                    drive(dut, **dict(zip(names, state, strict=False)))
                    drive(dut, **{f"{kind}_reply__{index}__payload": state[2]})
                await Timer(PERIOD, unit=UNIT)
                for kind, of, index in blocks:
                    chosen = (of, index) == (thresholds, layer)
                    assert int(dut[f"{kind}_command__{index}__valid"].value) == (valid and chosen)
                    assert int(dut[f"{kind}_reply__{index}__ready"].value) == (ready and chosen)
                    assert int(dut[f"{kind}_command__{index}__payload"].value) == pack(layout, command)
                found = (int(dut.command__ready.value), int(dut.reply__valid.value))
                payload = unpack(answer, int(dut.reply__payload.value))
                if (thresholds, layer) in states:
                    taken, answered, given = states[thresholds, layer]
                    assert (found, payload) == ((taken, answered), unpack(answer, given))
                else:
                    assert (*found, payload["error"]) == (ready, valid, 1)
