"""Quality of sampled weights on chips."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from torch import Generator, Tensor

from hdl.config import InputError
from hdl.contract import Program

from ..arrays import code_probabilities
from ..common import check_integer
from ..measures import uncertainty
from ..model import correct
from .deployment import Deployment
from .logit_calibration import LogitConstants, calibrate, moments
from .macro_deployment import MacroDeployment
from .output_space import OutputSpaceModel

__all__ = ["MEASURES", "ChipMeasures", "ChipStudy"]

#: Measures of each chip.
MEASURES = ("accuracy", "nll", "ece")

# Purposes of noise generators.
_CALIBRATION, _TEST = 0, 1


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ChipMeasures:
    """Measures of some chips.

    Each a list over the chips; None where the correction does not fit the registers.
    """

    accuracy: tuple[float | None, ...]
    """Fraction of right predictions."""

    nll: tuple[float | None, ...]
    """Negative log-likelihood, nats."""

    ece: tuple[float | None, ...]
    """Expected calibration error."""


class ChipStudy:
    """Inputs of a study, with ideal results.

    Parameters
    ----------
    program
        The network.
    pixels, labels
        Test inputs, shape (n, inputs), and their labels.
    calibration
        Calibration inputs, disjoint from the test inputs, shape (m, inputs).
    passes
        Passes T.
    seed
        Seed of the noise of ideal software.

    Raises
    ------
    InputError
        The weights of the Program are fixed, or there are fewer than two inputs to calibrate with.
    """

    def __init__(
        self, program: Program, pixels: Tensor, labels: Tensor, *, calibration: Tensor, passes: int, seed: int = 0
    ):
        check_integer("passes", passes, 1)
        if len(calibration) < 2:
            raise InputError(f"calibration must have at least 2 inputs, not {len(calibration)}")
        self.program = program
        self._pixels, self._labels, self._calibration, self._passes = pixels, labels, calibration, passes
        self._intended = code_probabilities(program)
        self._seed = seed
        self._moments = moments(self._software(seed).pre_activations(calibration, passes=passes))

    def software(self, repeats: int) -> ChipMeasures:
        """Return the measures of ideal software, ``repeats`` times with independent noise."""
        each = []
        for repeat in range(1, repeats + 1):
            z = self._software(self._seed + repeat).pre_activations(self._pixels, passes=self._passes)
            each.append(self._measure(z[0], self._own_constants()))
        return _gathered(each)

    def constants(self, deployment: Deployment | MacroDeployment, *, purpose: int) -> list[LogitConstants]:
        """Return the logit constants of each chip, calibrated as it is now."""
        model = deployment.model(2 * purpose + _CALIBRATION)
        z = model.pre_activations(self._calibration, passes=self._passes)
        return calibrate(self.program, self._moments, moments(z))

    def chips(
        self,
        deployment: Deployment | MacroDeployment,
        constants: Sequence[Sequence[LogitConstants] | None],
        *,
        purpose: int,
    ) -> list[ChipMeasures]:
        """Return the measures of the chips in their present state, for each of several logit constants of all chips.

        None stands for those of ideal software. All are measured with the same noise, numbered by ``purpose``.
        """
        z = deployment.model(2 * purpose + _TEST).pre_activations(self._pixels, passes=self._passes)
        found = []
        for each in constants:
            own = [self._own_constants()] * len(z) if each is None else each
            found.append(_gathered([self._measure(logits, held) for logits, held in zip(z, own, strict=True)]))
        return found

    def _software(self, seed: int) -> OutputSpaceModel:
        """Return ideal software whose noise is that of ``seed``."""
        return OutputSpaceModel(self.program, self._intended, [Generator().manual_seed(seed)])

    def _own_constants(self) -> LogitConstants:
        program = self.program
        return LogitConstants(gains=program.gains, offsets=program.offsets, shifts=program.shifts, unfit=())

    def _measure(self, z: Tensor, constants: LogitConstants) -> tuple[float, ...] | None:
        """Return the measures of z, shape (n, T, classes); None where the constants do not fit."""
        if constants.unfit:
            return None
        logits = self.program.config.logits
        y = correct(z, constants.gains, constants.offsets, constants.shifts, logits).double() / 2**logits.fraction
        found = uncertainty(y, self._labels)
        return found.accuracy, found.nll, found.ece


def _gathered(each: Sequence[tuple[float, ...] | None]) -> ChipMeasures:
    columns: dict[str, Any] = {
        name: tuple(None if chip is None else chip[index] for chip in each) for index, name in enumerate(MEASURES)
    }
    return ChipMeasures(**columns)
