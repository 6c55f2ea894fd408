"""Testbench of :class:`hdl.inputs.BankPair`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase

_CYCLES = 200
_BANKS = 2


@testcase()
@cocotb.parametrize(writer=list(Stalls), reader=list(Stalls))
async def banks_are_used_in_turn(dut: Any, writer: Stalls, reader: Stalls) -> None:
    """As a queue of two, whoever is slower; a reset empties it."""
    rng = Parameters.load().rng(writer, reader)
    pauses = (writer.pattern(rng), reader.pattern(rng))
    start_clock(dut)
    drive(dut, filled=0, emptied=0)
    for _ in range(2):
        await reset(dut)
        written = read = 0
        for _ in range(_CYCLES):
            stored = written - read
            filled = stored < _BANKS and not next(pauses[0])
            emptied = stored > 0 and not next(pauses[1])
            drive(dut, filled=filled, emptied=emptied)
            await ReadOnly()
            shown = [bool(dut[name].value) for name in ("writable", "readable", "write_bank", "read_bank")]
            assert shown == [stored < _BANKS, stored > 0, bool(written % _BANKS), bool(read % _BANKS)]
            await FallingEdge(dut.clk)
            written, read = written + filled, read + emptied
        assert read > _CYCLES // 8
        drive(dut, filled=0, emptied=0)
