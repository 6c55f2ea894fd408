"""Array of a macro, with a device model (docs/macro.md)."""

import numpy as np
import torch
from torch import Generator, Tensor

from hdl.config import CoreConfig, InputError, Layer

from ..devices import PairCells
from .macro_cells import MacroCells

__all__ = ["MacroArray"]

#: Reads whose noise is drawn together, so that one read and many give the same.
_BLOCK = 64

#: Purposes of draws: of reads, and of the pulses and verify reads of a row.
_READ, _PROGRAM, _VERIFY = 0, 2, 3


class MacroArray:
    """One array of one chip, behind its ports.

    The noise of a read is a function of the chip, the array, and the number of the read; the draws of a
    pulse and of a verify read are one of the chip, the row, and how many of them the row has had. Nothing depends on
    when, or how many together, they are requested.

    Parameters
    ----------
    config
        Geometry of the core.
    layer, tile
        Position of the array.
    cells
        Its cells, and of which chip they are. Before they are programmed all have the lowest target.
    """

    def __init__(self, config: CoreConfig, layer: Layer, tile: int, cells: MacroCells):
        self._config = config
        self._layer = layer
        self._cells = cells
        self._place = (cells.seed, layer.index, tile)
        self._targets, self._limits = cells.targets(config), cells.limits(config)
        rows = range(layer.array_groups * layer.rows_per_read)
        self._pulses, self._verifies = ([self._generator(kind, row) for row in rows] for kind in (_PROGRAM, _VERIFY))
        erased = torch.full((1, layer.cols), cells.pair.model.limits[0])
        self._rows: list[PairCells] = [cells.pair.program_targets(erased, generator) for generator in self._pulses]
        self.stuck = torch.zeros((len(rows), layer.cols), dtype=torch.bool)
        """Cells that no pulse changes any more, by word line and column."""
        self._shown: tuple[Tensor, Tensor] | None = None
        self._block: tuple[int, Tensor] | None = None
        self._done = 0

    def age(self, seconds: float) -> None:
        """Advance time to ``seconds`` after the first programming, as :meth:`golden.devices.Cells.age`."""
        for row in self._rows:
            row.age(seconds)
        self._shown = None

    def skip(self, reads: int) -> None:
        """Let the next read be that after ``reads`` more."""
        self._done += reads

    def pulse(self, group: int, line: int, columns: Tensor, levels: Tensor) -> None:
        """Program the cells of ``columns``, bool of shape (cols,), of a row towards ``levels``, int64 of that shape.

        Both cells of a pair are programmed anew [reading].
        """
        row, generator = self._row(group, line)
        mask = (columns & ~self.stuck[row]).unsqueeze(0)
        pair = self._cells.pair
        self._rows[row].weight.reprogram(mask, self._targets[levels].unsqueeze(0), generator)
        noise_targets = torch.full((1, self._layer.cols), pair.noise_target)
        self._rows[row].noise.reprogram(mask, noise_targets, generator)
        self._shown = None

    def verify(self, group: int, line: int) -> Tensor:
        """Read the levels of a row, int64 of shape (cols,)."""
        row, _ = self._row(group, line)
        pair = self._rows[row]
        noise = torch.randn(self._layer.cols, generator=self._verifies[row]) / self._cells.verify_reads**0.5
        difference = pair.difference().squeeze(0) + pair.deviation().squeeze(0) * noise
        return torch.bucketize(difference, self._limits, right=True)

    def read(self, group: int, references: Tensor, bits: Tensor | None = None, drive: Tensor | None = None) -> Tensor:
        """Answer the next read of ``group``.

        ``references`` are codes, int64 of shape (1,) or (cols,). Comparators return the weights that they found,
        uint8 of shape (rows_per_read, cols); converters, given the bits of the word lines, int64 codes of shape
        (cols,).
        """
        numbers, groups = torch.tensor([self._done]), torch.tensor([group])
        self._done += 1
        if not self._config.sensing.converts:
            return self.words(numbers, groups, references).squeeze(0)
        if bits is None or drive is None:
            raise InputError("bits and drive must be given to a read of converters")
        return self.codes(numbers, groups, references, bits.unsqueeze(0), drive.unsqueeze(0)).squeeze(0)

    def probabilities(self, references: Tensor) -> Tensor:
        """Return the present P(w = +1) of all pairs, shape (word lines, cols), with references of these codes."""
        limit = self._cells.reference(self._config, references)
        return torch.cat([row.probability(limit) for row in self._rows])

    def words(self, numbers: Tensor, groups: Tensor, references: Tensor) -> Tensor:
        """Return the decisions of comparators in reads with these numbers, uint8 of shape (reads, rows_per_read, cols).

        Parameters
        ----------
        numbers
            Their numbers, int64 of shape (reads,), ascending by 1.
        groups
            The groups they read, int64 of shape (reads,).
        references
            Codes of the references, int64 of shape (1,) or (cols,).
        """
        difference, deviation = self._state()
        noise = self._noise(int(numbers[0]), len(numbers), (self._layer.rows_per_read, self._layer.cols))
        limit = self._cells.reference(self._config, references)
        return (difference[groups] + deviation[groups] * noise > limit).to(torch.uint8)

    def codes(self, numbers: Tensor, groups: Tensor, references: Tensor, bits: Tensor, drive: Tensor) -> Tensor:
        """Return the codes of converters, int64 of shape (reads, cols), given the bits of the word lines in each read.

        The differences of the driven pairs add up, each less the reference and times ±1 for its bit; so do the
        variances of their noise, for which one draw stands. In units of a certain weight that is agreements less
        disagreements.
        """
        layer, config = self._layer, self._config
        difference, deviation = self._state()
        noise = self._noise(int(numbers[0]), len(numbers), (layer.cols,))
        reference = self._cells.reference(config, references)
        total, variance = torch.zeros_like(noise), torch.zeros_like(noise)
        # One line after the other, so that the order of the sums is always the same.
        for line in range(layer.rows_per_read):
            driven = drive[:, line : line + 1].to(noise.dtype)
            sign = (2 * bits[:, line : line + 1].to(noise.dtype) - 1) * driven
            total = total + sign * (difference[groups, line] - reference)
            variance = variance + driven * deviation[groups, line].square()
        total = total + variance.sqrt() * noise
        agreements = (drive.sum(dim=1, keepdim=True) + total / self._cells.unit(config)) / 2
        codes = (agreements / 2 ** config.sensing.adc_shift(layer)).round()
        return codes.clamp(0, 2 ** config.sensing.adc_width(layer) - 1).to(torch.int64)

    def _row(self, group: int, line: int) -> tuple[int, Generator]:
        row = group * self._layer.rows_per_read + line
        return row, self._pulses[row]

    def _state(self) -> tuple[Tensor, Tensor]:
        """Return difference and deviation of all pairs now, µS, shape (groups, rows_per_read, cols)."""
        if self._shown is None:
            shape = (self._layer.array_groups, self._layer.rows_per_read, self._layer.cols)
            difference = torch.cat([row.difference() for row in self._rows])
            deviation = torch.cat([row.deviation() for row in self._rows])
            self._shown = difference.view(shape), deviation.view(shape)
        return self._shown

    def _noise(self, first: int, count: int, shape: tuple[int, ...]) -> Tensor:
        """Return the noise of some reads, float32 of shape (count, *shape)."""
        blocks = range(first // _BLOCK, (first + count - 1) // _BLOCK + 1)
        drawn = torch.cat([self._noise_block(block, shape) for block in blocks])
        start = first - blocks.start * _BLOCK
        return drawn[start : start + count]

    def _noise_block(self, block: int, shape: tuple[int, ...]) -> Tensor:
        if self._block is None or self._block[0] != block:
            self._block = block, torch.randn((_BLOCK, *shape), generator=self._generator(_READ, block))
        return self._block[1]

    def _generator(self, *numbers: int) -> Generator:
        """Return a source that numbers next to each other do not share."""
        state = np.random.SeedSequence((*self._place, *numbers)).generate_state(1, np.uint64)[0]
        return Generator().manual_seed(int(state >> np.uint64(1)))
