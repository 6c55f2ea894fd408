"""Twin of ``hdl.stochastic.self_test``: findings from draws."""

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from hdl.config import RUN_WIDTH, SelfTestConfig

from ..common import check_integer, check_integers

__all__ = ["SelfTestRecord", "watch"]

_Integers = npt.NDArray[np.int64]
_Bits = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SelfTestRecord:
    """Findings of the self-test.

    After each of n draws, and for each window that they fill.
    """

    drops: _Integers
    """Drops in each full window, shape (windows,)."""

    deviations: _Integers
    """2^k times the drops, less the sum of the codes, in each full window, shape (windows,)."""

    complete: _Integers
    """Full windows after each draw, shape (n,)."""

    runs: _Integers
    """Length of the run of equal bits that each draw ends, at most 2^16 − 1, shape (n,)."""

    stuck: _Bits
    """Whether the unit has been stuck at any draw so far, shape (n,)."""

    out_of_bounds: _Bits
    """Whether any window so far was out of bounds, shape (n,)."""

    @property
    def draws(self) -> int:
        """Number of draws n."""
        return len(self.runs)


def watch(
    self_test: SelfTestConfig, dropped: Any, codes: Any, *, draw_bits: int, index: Any = None, select: int = 0
) -> SelfTestRecord:
    """Return the findings of the self-test for n draws after a reset.

    Parameters
    ----------
    self_test
        Window and limits.
    dropped
        Whether each draw was a drop, integers 0 and 1 of shape (n,).
    codes
        Drop code of each draw, integers of shape (n,), 0 to 2^k − 1.
    draw_bits
        Bits k of a draw.
    index
        Mask bit of each draw, integers of shape (n,); needed only where one is selected.
    select
        Draws that make the windows: 0 for all, l + 1 for those of mask bit l only.

    Raises
    ------
    InputError
        An argument has the wrong shape or is out of range.
    """
    bits = _array(check_integers("dropped", dropped, (None,), 0, 1))
    drop = _array(check_integers("codes", codes, (len(bits),), 0, 2**draw_bits - 1))
    check_integer("select", select, 0)
    monitored = np.ones(len(bits), dtype=bool)
    if select:
        monitored = _array(check_integers("index", index, (len(bits),), 0, 2**31 - 1)) == select - 1

    places = np.flatnonzero(monitored)
    windows = len(places) // self_test.window
    inside = places[: windows * self_test.window].reshape(windows, self_test.window)
    drops = bits[inside].sum(axis=1)
    deviations = (drops << draw_bits) - drop[inside].sum(axis=1)
    outside = np.zeros(len(bits), dtype=bool)
    outside[inside[:, -1]] = np.abs(deviations) > self_test.bound << draw_bits

    # A draw that differs from the previous one starts a run. Before the first draw there was none of either kind.
    begins = np.concatenate([[True], np.diff(bits) != 0])[: len(bits)]
    draw = np.arange(len(bits))
    runs = np.minimum(draw - np.maximum.accumulate(np.where(begins, draw, 0)) + 1, 2**RUN_WIDTH - 1)
    limits = np.where(bits != 0, self_test.drop_run, self_test.keep_run)
    return SelfTestRecord(
        drops=drops,
        deviations=deviations,
        complete=np.cumsum(monitored) // self_test.window,
        runs=runs,
        stuck=np.logical_or.accumulate((limits != 0) & (runs >= limits)),
        out_of_bounds=np.logical_or.accumulate(outside),
    )


def _array(values: Tensor) -> _Integers:
    return values.cpu().numpy().astype(np.int64)
