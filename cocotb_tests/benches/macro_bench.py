"""Bench of a core with macros."""

from typing import Any

import torch

from golden.arrays import MacroArrays, MacroCells, MacroChip
from golden.devices import Pair, devices
from golden.model import Model
from hdl.config import Layer
from hdl.contract import Command, Integers, Program, Register, Row, array_levels, target_counts

from ..agents.macro_agent import MacroAgent
from ..agents.stalls import Stalls
from .core_bench import CoreBench

__all__ = ["MacroBench", "chip_cells"]

#: Flag in `Register.ERRORS`: a row did not verify.
_VERIFY = 1 << 1

#: Lowest bit of the layer in `Register.TARGET`.
_LAYER_PLACE = 16

#: Conductance of the noise cells, µS.
_NOISE_TARGET = 12.5


def chip_cells(chip: int) -> MacroCells:
    """Return the cells of chip number ``chip``, which are phase-change memory."""
    return MacroCells(pair=Pair(model=devices()["pcm"], noise_target=_NOISE_TARGET), seed=chip)


class MacroBench(CoreBench):
    """Device models at all arrays, and golden's chip.

    The phase-change memory at the ports and that of golden are the same chip, but apart: the core programs the one at
    the ports.

    Parameters
    ----------
    dut, source, sink
        As of :class:`CoreBench`.
    chip
        Number of the chip.
    """

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER, *, chip: int = 0):
        self._cells = chip_cells(chip)
        super().__init__(dut, source, sink)
        self.chip = MacroChip(self.config, self._cells)
        self.agents = [
            MacroAgent(dut, self.config, layer, tile, array, self.rng)
            for layer, arrays in zip(self.config.layers, self.chip.arrays, strict=True)
            for tile, array in enumerate(arrays)
        ]

    def load(self, program: Program, *, first_pass: int = 0) -> None:
        """Expect the results of ``program``, which golden programs into a new chip."""
        self.program = program
        self.passes_done = first_pass
        self.arrays = MacroArrays(MacroChip(program.config, self._cells))
        self._model = Model(program, self.arrays)

    def age(self, seconds: float) -> None:
        """Advance time for both chips."""
        self.chip.age(seconds)
        self.arrays.chip.age(seconds)

    async def program_arrays(self) -> None:
        """Program all cells and target counts through the registers, and compare the report of each row with golden."""
        for layer in self.config.layers:
            for tile in range(layer.arrays):
                levels = array_levels(self.program.weights[layer.index], layer, tile)
                for row, wanted in enumerate(levels):
                    await self.program_level(layer, tile, *divmod(row, layer.rows_per_read), wanted)
                targets = target_counts(self.program.weights[layer.index], self.config, layer, tile)
                await self.load_targets(layer, tile, torch.from_numpy(targets))
        await self.counters_agree()

    async def program_level(self, layer: Layer, tile: int, group: int, line: int, levels: Integers) -> None:
        """Program one row, plane after plane; ``levels`` are integers of shape (cols,)."""
        for plane in range(layer.weight_bits):
            await self.registers.program_row(self.row(layer, tile, group, line, plane, levels))
        flagged = bool(await self.registers.read(Register.ERRORS) & _VERIFY)
        kept = self.arrays.program_row(layer, tile, group, line, torch.from_numpy(levels))
        assert flagged == (not kept), f"layer {layer.index}, array {tile}, row {group}, {line}: flagged is {flagged}"
        if flagged:
            await self.registers.write(Register.ERRORS, _VERIFY)

    @staticmethod
    def row(layer: Layer, tile: int, group: int, line: int, plane: int, levels: Integers) -> Row:
        """Return a plane of the levels of a row."""
        bits = sum((int(level) >> plane & 1) << column for column, level in enumerate(levels))
        line = line * layer.weight_bits + plane
        return Row(layer=layer.index, thresholds=False, tile=tile, group=group, line=line, bits=bits)

    @staticmethod
    def behind_the_cells(layer: Layer, tile: int, line: int, bits: int) -> Row:
        """Return a plane of the references of an array, or behind those of its target counts."""
        return Row(layer=layer.index, thresholds=False, tile=tile, group=layer.array_groups, line=line, bits=bits)

    async def counters_agree(self) -> None:
        """Compare the numbers of pulses and failures with golden's."""
        assert await self.registers.read(Register.PULSES) == self.arrays.pulses
        assert await self.registers.read(Register.FAILED) == self.arrays.failed

    async def load_targets(self, layer: Layer, tile: int, targets: torch.Tensor) -> None:
        """Load the target counts of an array, shape (1,) or (cols,), and compare what is read back."""
        macro = self.config.macro
        assert macro is not None
        for plane in range(self.config.sensing.target_width(layer)):
            bits = sum((int(target) >> plane & 1) << column for column, target in enumerate(targets.tolist()))
            place = self.behind_the_cells(layer, tile, macro.reference_bits + plane, bits)
            await self.registers.program_row(place)
            assert await self.registers.read_row(place) == bits
        self.arrays.targets[layer.index][tile] = targets

    async def calibrate(self, layer: Layer, tile: int) -> None:
        """Have the references of an array found anew, and compare the codes, read back as rows, with golden's."""
        await self.registers.write(Register.TARGET, tile | layer.index << _LAYER_PLACE)
        await self.registers.write(Register.COMMAND, Command.CALIBRATE)
        codes = self.arrays.calibrate(layer, tile, first_pass=self.passes_done)
        assert self.config.macro is not None
        for plane in range(self.config.macro.reference_bits):
            place = self.behind_the_cells(layer, tile, plane, 0)
            wanted = sum((int(code) >> plane & 1) << column for column, code in enumerate(codes.tolist()))
            found = await self.registers.read_row(place)
            assert found == wanted, f"layer {layer.index}, array {tile}, plane {plane}: {found:#x}, not {wanted:#x}"
