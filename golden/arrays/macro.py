"""Macros of a core and their controller (docs/numerics.md#appendix-macros)."""

import dataclasses

import torch
from torch import Tensor

from hdl.config import CoreConfig, InputError, Layer
from hdl.contract import Integers, Program

from .arrays import Arrays, Sweeps
from .macro_array import MacroArray, ReadKind
from .macro_cells import MacroCells
from .program_verify import program_row
from .reference_search import search_reference

__all__ = ["MacroArrays", "MacroChip"]

#: Weights that are drawn at a time.
_WEIGHTS = 1 << 21


class MacroChip:
    """The macros of one chip.

    Parameters
    ----------
    config
        Geometry of the core.
    cells
        The cells, and of which chip they are.
    """

    def __init__(self, config: CoreConfig, cells: MacroCells):
        if config.macro is None:
            raise InputError("macro must be in the configuration of a core with macros, not omitted")
        self.config = config
        self.arrays = [
            [MacroArray(config, layer, tile, cells) for tile in range(layer.arrays)] for layer in config.layers
        ]
        """The arrays, by layer and number."""

    def age(self, seconds: float) -> None:
        """Advance time to ``seconds`` after the first programming."""
        for layer in self.arrays:
            for array in layer:
                array.age(seconds)

    def seek(self, first_pass: int) -> None:
        """Let the next reads be those of pass ``first_pass`` since the seed was loaded."""
        for layer, arrays in zip(self.config.layers, self.arrays, strict=True):
            for array in arrays:
                array.seek(first_pass * layer.sweeps * layer.groups)


@dataclasses.dataclass
class _Row:
    """One word line of an array."""

    array: MacroArray
    group: int
    line: int

    def pulse(self, columns: Tensor, levels: Tensor) -> None:
        self.array.pulse(self.group, self.line, columns, levels)

    def verify(self) -> Tensor:
        return self.array.verify(self.group, self.line)


class MacroArrays(Arrays):
    """The macros of a chip behind their controller.

    The controller programs, calibrates and reads them, and keeps the codes of their references.

    Parameters
    ----------
    chip
        The macros.
    """

    def __init__(self, chip: MacroChip):
        self.chip = chip
        macro = chip.config.macro
        if macro is None:
            raise InputError("macro must be in the configuration of a core with macros, not omitted")
        self._macro = macro
        lanes = 1 if macro.reference == "global" else chip.config.array.cols
        self.references = [[torch.full((lanes,), macro.reference_reset) for _ in arrays] for arrays in chip.arrays]
        """Codes of the references by layer and array, int64 of shape (1,) or (cols,)."""
        self.pulses = 0
        """Pulses that cells got: the register `PULSES`."""
        self.failed = 0
        """Cells that failed: the register `FAILED`."""

    def program(self, program: Program) -> None:
        """Program all cells of ``program``, and those of the references, row by row in the order of addresses."""
        for layer in self.chip.config.layers:
            for tile in range(layer.arrays):
                for row, wanted in enumerate(_levels(program.weights[layer.index], layer, tile)):
                    self.program_row(layer, tile, *divmod(row, layer.rows_per_read), wanted)

    def program_row(self, layer: Layer, tile: int, group: int, line: int, levels: Tensor) -> bool:
        """Program one row to ``levels``, int64 of shape (cols,); return whether all its cells are within tolerance."""
        row = _Row(self.chip.arrays[layer.index][tile], group, line)
        done = program_row(row, levels, self._macro)
        self.pulses += done.pulses
        self.failed += int(done.failed.sum())
        return not bool(done.failed.any())

    def calibrate(self, layer: Layer, tile: int) -> Tensor:
        """Find the references of an array anew, and return their codes."""
        array, cols = self.chip.arrays[layer.index][tile], layer.cols
        lines = self.chip.config.sensing.reference_lines(layer, tile // layer.col_tiles)
        held = layer.driven_lines(tile // layer.col_tiles, 0)
        drive = (torch.arange(layer.rows_per_read) < lines).to(torch.uint8)

        def count(group: int, codes: Tensor) -> Tensor:
            found = array.read(layer.array_groups + group, codes, drive, drive)
            if self.chip.config.sensing.converts:
                return (found << self.chip.config.sensing.adc_shift(layer)).clamp(max=held)
            return found[:lines].sum(dim=0, dtype=torch.int64)

        codes = search_reference(count, cols, lines, self._macro)
        self.references[layer.index][tile] = codes
        return codes

    def counts(self, layer: Layer, sweeps: Sweeps) -> Tensor:
        """Return the agreements in some sweeps, as :meth:`Arrays.counts`."""
        bits = sweeps.bits
        counts = torch.zeros((len(bits), layer.col_tiles * layer.cols), dtype=torch.int64)
        for tile, array in enumerate(self.chip.arrays[layer.index]):
            row_tile, col_tile = divmod(tile, layer.col_tiles)
            inputs = bits[:, row_tile * layer.rows :][:, : layer.tile_inputs(row_tile)]
            columns = slice(col_tile * layer.cols, (col_tile + 1) * layer.cols)
            at_a_time = max(1, _WEIGHTS // (layer.rows * layer.cols))
            for start in range(0, len(bits), at_a_time):
                some = inputs[start : start + at_a_time]
                counts[start : start + at_a_time, columns] += self._counts(
                    layer, tile, array, sweeps.first + start, some
                )
        return counts[:, : layer.outputs]

    def _counts(self, layer: Layer, tile: int, array: MacroArray, first_sweep: int, bits: Tensor) -> Tensor:
        """Return the counts of one array, shape (sweeps, cols)."""
        sweeps, lines = len(bits), layer.groups * layer.rows_per_read
        numbers = torch.arange(first_sweep * layer.groups, (first_sweep + sweeps) * layer.groups)
        groups = torch.arange(layer.groups).repeat(sweeps)
        references = self.references[layer.index][tile]
        driven = torch.zeros((sweeps, lines), dtype=torch.uint8)
        driven[:, : bits.shape[1]] = 1
        if not self.chip.config.sensing.converts:
            words = array.words(ReadKind.COMPUTE, numbers, groups, references).view(sweeps, lines, layer.cols)
            signs = 2 * words[:, : bits.shape[1]].float() - 1
            z = torch.bmm(2 * bits.float().unsqueeze(1) - 1, signs).squeeze(1)
            return z.to(torch.int64) + bits.shape[1] >> 1
        padded = torch.zeros_like(driven)
        padded[:, : bits.shape[1]] = bits
        drive = driven.view(-1, layer.rows_per_read)
        codes = array.codes(ReadKind.COMPUTE, numbers, groups, references, padded.view(-1, layer.rows_per_read), drive)
        counts = (codes << self.chip.config.sensing.adc_shift(layer)).minimum(
            drive.sum(dim=1, dtype=torch.int64)[:, None]
        )
        return counts.view(sweeps, layer.groups, layer.cols).sum(dim=1)


def _levels(weights: Integers, layer: Layer, tile: int) -> Tensor:
    """Return the levels of all cells of an array, int64 of shape (word lines, cols), those of the references last.

    Cells without a weight are at level 0, those of the references at the middle (docs/numerics.md#appendix-macros).
    """
    row_tile, col_tile = divmod(tile, layer.col_tiles)
    levels = torch.zeros((layer.macro_groups * layer.rows_per_read, layer.cols), dtype=torch.int64)
    outputs = torch.from_numpy(weights)[col_tile * layer.cols : (col_tile + 1) * layer.cols]
    own = outputs[:, row_tile * layer.rows : (row_tile + 1) * layer.rows].T
    levels[: len(own), : own.shape[1]] = own
    levels[layer.array_groups * layer.rows_per_read :] = 1 << layer.weight_bits - 1
    return levels
