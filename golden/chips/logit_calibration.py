"""Logit correction of a chip, calibrated to ideal software."""

import dataclasses

import numpy as np
from torch import Tensor

from hdl.config import InputError
from hdl.contract import Integers, Program

from ..training import Reals, to_correction

__all__ = ["LogitConstants", "Moments", "calibrate", "moments"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """Moments of z over a calibration set.

    Over its inputs and passes, float64, shape (chips, classes).
    """

    mean: Tensor
    """Mean m."""

    deviation: Tensor
    """Standard deviation s."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LogitConstants:
    """Logit correction of a chip.

    Contents of the registers, each of shape (classes,).
    """

    gains: Integers
    """Gains."""

    offsets: Integers
    """Offsets."""

    shifts: Integers
    """Shifts."""

    unfit: tuple[int, ...]
    """Classes whose constants do not fit, even without a shift; their z is constant, or they saturate."""

    def apply(self, program: Program) -> Program:
        """Return ``program`` with these constants.

        Raises
        ------
        InputError
            A constant does not fit.
        """
        if self.unfit:
            raise InputError(f"logit correction must fit its registers, not be too large for class {self.unfit[0]}")
        return dataclasses.replace(program, gains=self.gains, offsets=self.offsets, shifts=self.shifts)


def moments(z: Tensor) -> Moments:
    """Return the moments of pre-activations z, shape (chips, n, T, classes).

    Raises
    ------
    InputError
        A class has fewer than two values.
    """
    if z.ndim != 4 or z.shape[1] * z.shape[2] < 2:
        raise InputError(f"z must be of two inputs or more, not of shape {tuple(z.shape)}")
    each = z.flatten(1, 2).double()
    return Moments(mean=each.mean(dim=1), deviation=each.std(dim=1))


def calibrate(program: Program, software: Moments, chips: Moments) -> list[LogitConstants]:
    """Return the constants of each chip.

    Per class z' = a z + b with a = s_sw / s_hw and b = m_sw − a m_hw [reading] precedes the correction of the
    Program: y = g (a z + b) + o = (g a) z + (g b + o), so that the registers hold both.

    Parameters
    ----------
    program
        The network, with the correction of ideal software.
    software
        Moments of ideal software on the calibration set, as those of one chip.
    chips
        Moments of the chips on the same set.
    """
    logits = program.config.logits
    steps = 2.0 ** -(logits.fraction + program.shifts)
    gain, offset = program.gains * steps, program.offsets * steps
    found = []
    for mean, deviation in zip(_reals(chips.mean), _reals(chips.deviation), strict=True):
        dead = deviation == 0
        a = _reals(software.deviation)[0] / np.where(dead, 1.0, deviation)
        b = _reals(software.mean)[0] - a * mean
        gains, offsets, shifts, fit = to_correction(gain * a, gain * b + offset, logits)
        unfit = tuple(np.flatnonzero(~fit | dead).tolist())
        found.append(LogitConstants(gains=gains, offsets=offsets, shifts=shifts, unfit=unfit))
    return found


def _reals(values: Tensor) -> Reals:
    return values.cpu().numpy().astype(np.float64)
