"""Deployment of sampled weights on simulated chips.

Programmed once, ageing, compensated.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Generator, Tensor

from hdl.config import InputError
from hdl.contract import Program

from ..arrays import code_probabilities
from ..common import check_integer, seed_of
from ..devices import Pair, PairCells, ReadNoise, SpreadTargets, VerifiedProgramming, program_pair
from .drift_compensation import compensate
from .output_space import OutputSpaceModel

__all__ = ["COMPENSATIONS", "Compensation", "Deployment"]

#: Scope of a move of the comparators' reference when a chip is re-read: none, each layer, or each column.
Compensation = Literal["none", "global", "column"]
COMPENSATIONS: tuple[Compensation, ...] = ("none", "global", "column")

#: Purposes of generators, so that no two draw the same numbers.
_PROGRAM, _REREAD, _NOISE, _TEST_CHIP = range(4)


class Deployment:
    """Chips with a network in cell pairs.

    Each chip holds all weights. Programming noise and drift are drawn once for each chip and cell; reads draw anew. A
    chip is the same alone and among others.

    Parameters
    ----------
    program
        The network: probability codes, neurons, logit correction.
    pair
        Kind of weight.
    chips
        Numbers of the chips: with the seed they determine all draws.
    seed
        Seed of the device.
    verify
        Programming scheme of the cells; without it, one pulse each.
    horizon
        Age at which weights have the intended P in the mean over chips, s; without it cells are targeted as if they
        were programmed exactly and did not age.
    device
        Device to compute on.

    Raises
    ------
    InputError
        An argument is out of range, or the weights of the Program are fixed.
    """

    def __init__(
        self,
        program: Program,
        pair: Pair,
        *,
        chips: Sequence[int],
        seed: int = 0,
        verify: VerifiedProgramming | None = None,
        horizon: float | None = None,
        device: str | torch.device = "cpu",
    ):
        if not len(chips):
            raise InputError("chips must be at least 1, not 0")
        check_integer("seed", seed, 0)
        self.program = program
        self.kinds: tuple[Compensation, ...] = COMPENSATIONS
        """Ways to compensate drift."""
        self.chips = tuple(chips)
        self._seed = seed
        self._intended = code_probabilities(program, device)
        spread = None
        if horizon is not None:
            spread = SpreadTargets(pair, verify=verify, seconds=horizon, seed=seed_of(seed, _TEST_CHIP))
        self.pulses, self.failed, layers = 0, [0] * len(self.chips), []
        for index, wanted in enumerate(self._intended):
            targets = (pair.targets(wanted) if spread is None else spread(wanted)).float()
            each = []
            for place, chip in enumerate(self.chips):
                generator = Generator().manual_seed(seed_of(seed, _PROGRAM, chip, index))
                cells, pulses, failed = program_pair(pair, targets, generator, verify)
                self.pulses += pulses
                self.failed[place] += failed
                each.append(cells)
            layers.append(each)
        self._layers: list[list[PairCells]] = layers
        self._references: list[Tensor] = [torch.zeros(len(self.chips), 1, 1, device=device) for _ in layers]
        self._rereads = 0

    @property
    def cells(self) -> int:
        """Cells of one chip."""
        return 2 * sum(each.numel() for each in self._intended)

    @property
    def references(self) -> Sequence[Tensor]:
        """References of the comparators of each layer, µS, shape (chips, 1 or outputs, 1)."""
        return self._references

    def age(self, seconds: float) -> None:
        """Advance time to ``seconds`` after programming.

        Raises
        ------
        InputError
            That time is in the past.
        """
        for layer in self._layers:
            for cells in layer:
                cells.age(seconds)

    def compensate(self, kind: str, *, reads: int = 16) -> None:
        """Re-read the chips and adjust the references; see :func:`golden.chips.compensate`.

        Raises
        ------
        InputError
            The kind is unknown, or there is no read.
        """
        scope = next((each for each in COMPENSATIONS if each == kind), None)
        if scope is None:
            raise InputError(f"compensation must be one of {', '.join(COMPENSATIONS)}, not {kind!r}")
        check_integer("reads", reads, 1)
        self._rereads += 1
        for index, (layer, wanted) in enumerate(zip(self._layers, self._intended, strict=True)):
            moved = []
            for chip, cells in zip(self.chips, layer, strict=True):
                generator = Generator().manual_seed(seed_of(self._seed, _REREAD, chip, index, self._rereads))
                moved.append(compensate(cells, wanted, scope, reads=reads, generator=generator))
            self._references[index] = torch.cat(moved)

    def probabilities(self) -> tuple[Tensor, ...]:
        """Return the present P(w = +1) of each layer's weights, shape (chips, outputs, inputs)."""
        return tuple(
            torch.cat([cells.probability(one[None]) for cells, one in zip(layer, references, strict=True)])
            for layer, references in zip(self._layers, self._references, strict=True)
        )

    def model(self, purpose: int = 0) -> OutputSpaceModel:
        """Return the network as it is now, with the read noise of ``purpose``."""
        return OutputSpaceModel(self.program, self.probabilities(), self.generators(purpose))

    def generators(self, purpose: int = 0) -> list[Generator]:
        """Return a source of read noise for each chip; different purposes draw different numbers."""
        device = self._intended[0].device
        return [Generator(device).manual_seed(seed_of(self._seed, _NOISE, chip, purpose)) for chip in self.chips]

    def read(
        self, layer: int, chip: int, generator: Generator, reads: int, *, correlation: ReadNoise | None = None
    ) -> Tensor:
        """Read all weights of a layer of the chip at place ``chip``: bool, shape (reads, outputs, inputs).

        Correlated noise continues with the next call, so each layer needs its own.
        """
        cells, reference = self._layers[layer][chip], self._references[layer][chip][None]
        return cells.sample(generator, reads=reads, reference=reference, correlation=correlation).squeeze(1)
