"""Macros of a core and their controller (docs/numerics.md#appendix-macros)."""

import dataclasses

import torch
from torch import Tensor

from hdl.config import CoreConfig, InputError, Layer
from hdl.contract import Program, array_levels, target_counts

from .arrays import Arrays, Sweeps
from .macro_array import MacroArray
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

    def skip(self, passes: int) -> None:
        """Let the next reads be those after ``passes`` more."""
        for layer, arrays in zip(self.config.layers, self.arrays, strict=True):
            for array in arrays:
                array.skip(passes * layer.sweeps * layer.groups)


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
        self.references = [
            [torch.full((chip.config.sensing.count_lanes(layer),), macro.reference_reset) for _ in range(layer.arrays)]
            for layer in chip.config.layers
        ]
        """Codes of the references by layer and array, int64 of shape (1,) or (cols,)."""
        self.targets: list[list[Tensor]] = [[torch.zeros_like(code) for code in each] for each in self.references]
        """Target counts of the calibration, in the same shapes."""
        self._searches = [[0] * layer.arrays for layer in chip.config.layers]
        self.pulses = 0
        """Pulses that cells got: the register `PULSES`."""
        self.failed = 0
        """Cells that failed: the register `FAILED`."""

    def program(self, program: Program) -> None:
        """Program all cells of ``program`` row by row in the order of addresses, and load its target counts."""
        for layer in self.chip.config.layers:
            weights = program.weights[layer.index]
            for tile in range(layer.arrays):
                for row, wanted in enumerate(array_levels(weights, layer, tile)):
                    self.program_row(layer, tile, *divmod(row, layer.rows_per_read), torch.from_numpy(wanted))
                targets = target_counts(weights, self.chip.config, layer, tile)
                self.targets[layer.index][tile] = torch.from_numpy(targets)

    def program_row(self, layer: Layer, tile: int, group: int, line: int, levels: Tensor) -> bool:
        """Program one row to ``levels``, int64 of shape (cols,); return whether all its cells are within tolerance."""
        row = _Row(self.chip.arrays[layer.index][tile], group, line)
        done = program_row(row, levels, self._macro)
        self.pulses += done.pulses
        self.failed += int(done.failed.sum())
        return not bool(done.failed.any())

    def calibrate(self, layer: Layer, tile: int, *, first_pass: int = 0) -> Tensor:
        """Find the references of an array anew, and return their codes.

        ``first_pass`` is the number of passes that were made before: reads are numbered one after the other.
        """
        array, targets = self.chip.arrays[layer.index][tile], self.targets[layer.index][tile]
        reads = self._macro.calibration_reads
        groups = torch.arange(layer.groups).repeat(reads)
        # The known vector: every word line that holds an input is at 1.
        drive = torch.zeros(layer.groups * layer.rows_per_read, dtype=torch.uint8)
        drive[: layer.tile_inputs(tile // layer.col_tiles)] = 1
        drive = drive.view(layer.groups, -1)
        first = first_pass * layer.sweeps * layer.groups + self._searches[layer.index][tile]

        def count(codes: Tensor) -> Tensor:
            nonlocal first
            ones = self._agreements(layer, array, first, codes, groups, drive[groups], drive[groups])
            first += len(groups)
            found = ones.sum(dim=0)
            return found if len(targets) > 1 else found.sum(dim=0, keepdim=True)

        codes = search_reference(count, targets, self._macro.reference_bits)
        self._searches[layer.index][tile] += self._macro.reference_bits * len(groups)
        self.references[layer.index][tile] = codes
        return codes

    def calibrate_all(self, *, first_pass: int = 0) -> None:
        """Find all references anew, in the order of layers and arrays."""
        for layer in self.chip.config.layers:
            for tile in range(layer.arrays):
                self.calibrate(layer, tile, first_pass=first_pass)

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
        first = first_sweep * layer.groups + self._searches[layer.index][tile]
        groups = torch.arange(layer.groups).repeat(sweeps)
        references = self.references[layer.index][tile]
        driven = torch.zeros((sweeps, lines), dtype=torch.uint8)
        driven[:, : bits.shape[1]] = 1
        padded = torch.zeros_like(driven)
        padded[:, : bits.shape[1]] = bits
        shape = (-1, layer.rows_per_read)
        counts = self._agreements(layer, array, first, references, groups, padded.view(shape), driven.view(shape))
        return counts.view(sweeps, layer.groups, layer.cols).sum(dim=1)

    def _agreements(
        self,
        layer: Layer,
        array: MacroArray,
        first: int,
        references: Tensor,
        groups: Tensor,
        bits: Tensor,
        drive: Tensor,
    ) -> Tensor:
        """Return the agreements that reads of ``groups`` count, int64 of shape (reads, cols).

        ``first`` is the number of the first read; ``bits`` and ``drive`` have the shape (reads, rows_per_read).
        """
        numbers = torch.arange(first, first + len(groups))
        lines = drive.sum(dim=1, dtype=torch.int64)[:, None]
        if self.chip.config.sensing.converts:
            codes = array.codes(numbers, groups, references, bits, drive)
            return (codes << self.chip.config.sensing.adc_shift(layer)).minimum(lines)
        signs = 2 * array.words(numbers, groups, references).float() - 1
        values = (2 * bits.float() - 1) * drive
        z = torch.bmm(values.unsqueeze(1), signs).squeeze(1)
        return z.to(torch.int64) + lines >> 1
