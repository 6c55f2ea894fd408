"""Deployment of sampled weights on chips of macros.

Programmed, aged and calibrated as their controller does it.
"""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor

from hdl.config import InputError
from hdl.contract import Program

from ..arrays import MacroArrays, MacroCells, MacroChip
from ..common import seed_of
from .output_space import OutputSpaceModel

__all__ = ["MacroDeployment"]


class MacroDeployment:
    """Chips whose arrays are macros with comparators.

    Cells are those of the exact model, programmed and calibrated bit for bit as a core does it, so that a chip is the
    one of that number everywhere. Only the reads that compute are drawn in the space of outputs.

    Parameters
    ----------
    program
        The network: probability codes, neurons, logit correction.
    cells
        The cells of each chip.
    seed
        Seed of the noise of the reads.

    Raises
    ------
    InputError
        There is no chip, or the core has no macros with comparators.
    """

    def __init__(self, program: Program, cells: Sequence[MacroCells], *, seed: int = 0):
        config = program.config
        if not len(cells):
            raise InputError("chips must be at least 1, not 0")
        if config.macro is None:
            raise InputError("macro must be in the configuration of a core with macros, not omitted")
        if config.sensing.converts:
            raise InputError("macro.sense must be 'comparator' for chips in the space of outputs, not 'adc'")
        self.program = program
        self.kinds = ("none", config.macro.reference)
        """Ways to compensate drift."""
        self._macro = config.macro
        self._numbers = [each.seed for each in cells]
        self._seed = seed
        self._chips = []
        for each in cells:
            arrays = MacroArrays(MacroChip(config, each))
            arrays.program(program)
            self._chips.append(arrays)

    @property
    def cells(self) -> int:
        """Cells of one chip, of all word lines and columns."""
        return sum(2 * layer.arrays * layer.rows * layer.cols for layer in self.program.config.layers)

    @property
    def pulses(self) -> int:
        """Pulses that cells of all chips got, both of a pair at once."""
        return 2 * sum(chip.pulses for chip in self._chips)

    @property
    def failed(self) -> list[int]:
        """Cells of each chip that were outside the tolerance at the end."""
        return [chip.failed for chip in self._chips]

    def age(self, seconds: float) -> None:
        """Advance time to ``seconds`` after programming.

        Raises
        ------
        InputError
            That time is in the past.
        """
        for chip in self._chips:
            chip.chip.age(seconds)

    def compensate(self, kind: str) -> None:
        """Calibrate all macros, or set their references to no offset with the kind ``none``.

        Raises
        ------
        InputError
            The macros have other references.
        """
        if kind not in self.kinds:
            raise InputError(f"compensation must be one of {', '.join(self.kinds)}, not {kind!r}")
        for chip in self._chips:
            if kind == "none":
                for each in chip.references:
                    each[:] = [torch.full_like(codes, self._macro.reference_reset) for codes in each]
            else:
                chip.calibrate_all()

    def probabilities(self) -> tuple[Tensor, ...]:
        """Return the present P(w = +1) of each layer's weights, shape (chips, outputs, inputs)."""
        found = []
        for layer in self.program.config.layers:
            p = torch.zeros(len(self._chips), layer.col_tiles * layer.cols, layer.row_tiles * layer.rows)
            for place, chip in enumerate(self._chips):
                for tile, array in enumerate(chip.chip.arrays[layer.index]):
                    row_tile, col_tile = divmod(tile, layer.col_tiles)
                    row, column = row_tile * layer.rows, col_tile * layer.cols
                    own = array.probabilities(chip.references[layer.index][tile])
                    p[place, column : column + layer.cols, row : row + layer.rows] = own.T
            found.append(p[:, : layer.outputs, : layer.inputs])
        return tuple(found)

    def model(self, purpose: int = 0) -> OutputSpaceModel:
        """Return the network as it is now, with the read noise of ``purpose``."""
        generators = [Generator().manual_seed(seed_of(self._seed, chip, purpose)) for chip in self._numbers]
        return OutputSpaceModel(self.program, self.probabilities(), generators)
