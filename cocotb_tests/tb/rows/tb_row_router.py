"""Testbench of :class:`hdl.rows.RowRouter`."""

from typing import Any

from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.beats import pack, unpack
from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.testcase import testcase
from hdl.streams import RowCommand, RowReply

_TRIES = 20


@testcase()
async def commands_reach_their_block_and_no_other(dut: Any) -> None:
    """Every block and every address without one: in the cycle after they came and until they are taken, with all
    handshakes at random, which are passed on at once.
    """
    parameters = Parameters.load()
    config, rng = parameters.core, parameters.rng()
    blocks = [("crossbar", 0, layer.index) for layer in config.layers]
    blocks += [("neuron", 1, layer.index) for layer in config.hidden_layers]
    layout, answer = RowCommand(config), RowReply(config)
    address = layout["address"].shape
    beyond = range(2 ** address["layer"].width)
    drive(dut, command__valid=0, reply__ready=0)
    start_clock(dut)
    await reset(dut)
    for place in [(thresholds, layer) for thresholds in (0, 1) for layer in beyond for _ in range(_TRIES)]:
        command = unpack(layout, rng.getrandbits(layout.size))
        command["address"] |= dict(zip(("thresholds", "layer"), place, strict=True))
        if command.get("calibrate") and place[0]:
            # Neurons have nothing to calibrate.
            place = (-1, -1)
        drive(dut, command__valid=1, command__payload=pack(layout, command))
        asked = taken = False
        while not taken:
            ready = rng.getrandbits(1)
            drive(dut, reply__ready=ready)
            states = {}
            for kind, of, index in blocks:
                state = states[of, index] = (rng.getrandbits(1), rng.getrandbits(1), rng.getrandbits(answer.size))
                names = (f"command__{index}__ready", f"reply__{index}__valid", f"reply__{index}__payload")
                drive(dut, **{f"{kind}_{name}": value for name, value in zip(names, state, strict=True)})
            await ReadOnly()
            for kind, of, index in blocks:
                chosen = asked and (of, index) == place
                assert int(dut[f"{kind}_command__{index}__valid"].value) == chosen
                assert int(dut[f"{kind}_reply__{index}__ready"].value) == (ready and chosen)
                assert int(dut[f"{kind}_command__{index}__payload"].value) == pack(layout, command)
            taken, answered = bool(dut.command__ready.value), int(dut.reply__valid.value)
            payload = unpack(answer, int(dut.reply__payload.value))
            if not asked:
                assert (taken, answered) == (0, 0)
            elif place in states:
                assert (taken, answered) == states[place][:2]
                assert not answered or payload == unpack(answer, states[place][2])
            else:
                assert (taken, answered, payload["error"]) == (ready, 1, 1)
            await FallingEdge(dut.clk)
            asked = True
        drive(dut, command__valid=0)
        await cycles(dut, rng.randrange(3))
