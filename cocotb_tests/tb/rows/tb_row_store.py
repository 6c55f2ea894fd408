"""Testbench of :class:`hdl.rows.RowStore`."""

from collections.abc import Iterator
from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase

_RANDOM = 200

Rows = dict[tuple[int, int], int]


async def _start(dut: Any) -> None:
    start_clock(dut)
    drive(dut, read=0, write=0, group=0, line=0, row=0)
    await reset(dut)


async def _read(dut: Any, parameters: Parameters, rows: Rows, group: int, pauses: Iterator[bool]) -> int:
    """Read a group, compare all its lines for as long as nothing else is read, and return how many."""
    values = parameters.values
    drive(dut, read=1, group=group)
    await FallingEdge(dut.clk)
    # A word is there for as long as nothing is read, whatever the other ports do.
    drive(dut, read=0, group=values["groups"] - 1 - group, row=0)
    compared = 0
    while True:
        for line in range(values["lines"]):
            drive(dut, line=line)
            await ReadOnly()
            shown, word = int(dut[f"words__{line}"].value), int(dut.word.value)
            assert shown == word == rows[group, line], f"row {group}, {line}: {shown:#x}, {word:#x}"
            compared += 1
            await FallingEdge(dut.clk)
        if not next(pauses):
            return compared


async def _write(dut: Any, rows: Rows, group: int, line: int, row: int) -> None:
    drive(dut, write=1, group=group, line=line, row=row)
    rows[group, line] = row
    await FallingEdge(dut.clk)
    drive(dut, write=0)


def _initial(parameters: Parameters) -> Rows:
    contents = parameters.values["init"]
    return {(group, line): row for group, lines in enumerate(contents) for line, row in enumerate(lines)}


@testcase()
async def initial_contents_are_there(dut: Any) -> None:
    """Every row reads as it was given."""
    parameters = Parameters.load()
    rows, pauses = _initial(parameters), Stalls.NEVER.pattern(parameters.rng())
    await _start(dut)
    compared = 0
    for group in range(parameters.values["groups"]):
        compared += await _read(dut, parameters, rows, group, pauses)
    assert compared == len(rows)


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def rows_are_kept(dut: Any, stalls: Stalls) -> None:
    """Random writes change one row each; reads in between, and all rows in the end; a reset changes none."""
    parameters = Parameters.load()
    values, rng = parameters.values, parameters.rng("rows", stalls)
    pauses = stalls.pattern(rng)
    rows: Rows = {}
    await _start(dut)
    ones = 2 ** values["cols"] - 1
    for group, line in _initial(parameters):
        await _write(dut, rows, group, line, ones if rng.random() < 0.5 else 0)
    for _ in range(_RANDOM // values["lines"]):
        group, line = rng.randrange(values["groups"]), rng.randrange(values["lines"])
        await _write(dut, rows, group, line, rng.getrandbits(values["cols"]))
        await _read(dut, parameters, rows, rng.randrange(values["groups"]), pauses)
    await reset(dut)
    compared = sum([await _read(dut, parameters, rows, group, pauses) for group in range(values["groups"])])
    assert compared >= len(rows)
