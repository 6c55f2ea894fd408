"""Testbench of :class:`hdl.core.Core` with macros.

Every array is a device model with its noise on.
"""

from typing import Any

import cocotb
import numpy as np

from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.macro_bench import MacroBench
from hdl.contract import Command, Register, address_field_width

_INPUTS = 2

#: An hour and a month after programming, s.
_HOUR, _MONTH = 3600.0, 30 * 24 * 3600.0

#: Flag in `Register.ERRORS`: a row did not verify.
_VERIFY = 1 << 1


@testcase()
@cocotb.parametrize(stalls=[Stalls.NEVER, Stalls.BURSTS])
async def a_chip_ages_and_is_calibrated(dut: Any, stalls: Stalls) -> None:
    """Programmed through the controller, read while it is young, old, and old with references that were found anew."""
    bench = MacroBench(dut, stalls, stalls, chip=list(Stalls).index(stalls))
    config = bench.config
    await bench.reset()
    await bench.registers.disable()
    await bench.program_arrays()
    for inputs, seconds in enumerate((None, _HOUR, _MONTH), start=1):
        if seconds is not None:
            bench.age(seconds)
        if seconds == _MONTH:
            for layer in config.layers:
                for tile in range(layer.arrays):
                    await bench.calibrate(layer, tile)
        await bench.registers.enable()
        await bench.send(_INPUTS)
        await bench.finish(inputs=_INPUTS * inputs)
        await bench.registers.disable()
    for agent, layer in ((agent, config.layers[agent.layer]) for agent in bench.agents):
        assert config.macro is not None
        searched = config.macro.reference_bits * layer.groups * config.macro.calibration_reads
        computed = 3 * _INPUTS * config.bayes.passes * layer.vectors * layer.reads
        assert agent.reads == computed + searched, f"{agent.reads} reads"


@testcase()
async def cells_are_read_back(dut: Any) -> None:
    """By verify reads, whose noise is there too; what does not exist, and neurons, cannot be read or calibrated."""
    bench = MacroBench(dut, chip=20)
    config, registers = bench.config, bench.registers
    await bench.reset()
    await registers.disable()
    rng = np.random.default_rng(7)
    for layer in config.layers:
        tile, row = int(rng.integers(layer.arrays)), int(rng.integers(layer.array_groups * layer.rows_per_read))
        group, line = divmod(row, layer.rows_per_read)
        levels = rng.integers(0, 2**layer.weight_bits, layer.cols)
        await bench.program_level(layer, tile, group, line, levels)
        for plane in range(layer.weight_bits):
            place = bench.row(layer, tile, group, line, plane, levels)
            sensed = bench.arrays.chip.arrays[layer.index][tile].verify(group, line).numpy()
            assert await registers.read_row(place) == bench.row(layer, tile, group, line, plane, sensed).bits
        for line in range(config.sensing.calibration_lines(layer)):
            for bit in (1, 0):
                code = bench.behind_the_cells(layer, tile, line, bit)
                await registers.program_row(code)
                assert await registers.read_row(code) == bit
        if layer.arrays < 2 ** address_field_width(config, "tile"):
            await registers.write(Register.TARGET, layer.arrays | layer.index << 16)
            assert (await registers.access(Register.COMMAND, write=1, data=Command.CALIBRATE))["error"]
    await registers.write(Register.TARGET, 1 << 24)
    assert (await registers.access(Register.COMMAND, write=1, data=Command.CALIBRATE))["error"]
    await bench.counters_agree()
    await registers.write(Register.COMMAND, Command.CLEAR_COUNTERS)
    assert not await registers.read(Register.PULSES)
    assert not await registers.read(Register.FAILED)


@testcase()
async def a_stuck_cell_is_flagged(dut: Any) -> None:
    """And all else goes on: the rows after it are programmed, and inputs are computed with the cells as they are."""
    bench = MacroBench(dut, chip=30)
    await bench.reset()
    await bench.registers.disable()
    for chip in (bench.chip, bench.arrays.chip):
        for arrays in chip.arrays:
            arrays[0].stuck[0, 0] = True
    layer = bench.config.layers[0]
    # An erased cell is at level 0, as far as can be from the highest.
    levels = np.full(layer.cols, 2**layer.weight_bits - 1)
    before = bench.arrays.failed
    await bench.program_level(layer, 0, 0, 0, levels)
    assert bench.arrays.failed > before, "the cell that is stuck did not fail"
    await bench.program_arrays()
    await bench.registers.enable()
    await bench.send(_INPUTS)
    await bench.finish(inputs=_INPUTS)
