"""Statistical tests of mask bits.

For independence, and for their drop probabilities.
"""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from hdl.config import InputError

__all__ = ["LAGS", "BitTest", "bit_tests"]

#: Lags, in passes, of the tested correlations.
LAGS = 16

_Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class BitTest:
    """Result of one test of all bits.

    The hypothesis is that bits are independent and that bit l drops with probability p_l.
    """

    name: str
    """`monobit`, `runs`, `serial` or `cross-layer`."""

    statistic: float
    """Sum of squares, each χ² with one degree of freedom."""

    degrees: int
    """Number of the squares."""

    largest: float
    """Largest deviation in its natural measure, with its sign: the difference of a p, the relative excess of runs, or a
    coefficient of correlation."""

    p_value: float
    """Two-sided probability of such a statistic under the hypothesis: a register that has passed through its
    whole period is too even."""


def bit_tests(masks: npt.ArrayLike, p: Sequence[float], *, lags: int = LAGS) -> list[BitTest]:
    """Test the mask bits of many passes.

    * `monobit`: number of drops of each bit, as in NIST SP 800-22 2.1 for p = 1/2.
    * `runs`: number of changes of each bit from pass to pass, as in 2.3 there, with the variance for n
      independent bits of probability p have: (n − 1) v (1 − v) + 2 (n − 2)(pq − v²), v = 2pq.
    * `serial`: correlation of each with itself 1 to ``lags`` passes later (Box and Pierce's statistic).
    * `cross-layer`: correlation of any two in the same pass, and of any in a pass with any other of 1 to ``lags``
      passes later. Omitted where a pass has a single bit.

    Bits that never drop are omitted.

    Parameters
    ----------
    masks
        Mask bits, 0 for a drop, shape (passes, L).
    p
        Probabilities of dropping, L of them.

    Raises
    ------
    InputError
        There are too few passes, another number of bits than of probabilities, or nothing random.
    """
    bits = np.asarray(masks)
    if bits.ndim != 2 or bits.shape[1] != len(p) or len(bits) <= 2 * lags:
        raise InputError(f"masks must have shape (more than {2 * lags}, {len(p)}), not {bits.shape}")
    drawn = [index for index, each in enumerate(p) if 0 < each < 1]
    if not drawn:
        raise InputError(f"p must be between 0 and 1 for one bit or more, not {list(p)!r}")
    dropped = bits[:, drawn] == 0
    each = np.asarray(p, dtype=np.float64)[drawn]
    deviation = np.sqrt(each * (1 - each))
    standard = (dropped - each) / deviation
    tests = [_monobit(dropped, each), _runs(dropped, each), _serial(standard, lags)]
    if len(drawn) > 1:
        tests.append(_cross(standard, lags))
    return tests


def _test(name: str, squares: _Floats, largest: _Floats) -> BitTest:
    total = float(squares.sum())
    return BitTest(
        name=name,
        statistic=total,
        degrees=squares.size,
        largest=float(largest.flat[np.abs(largest).argmax()]),
        p_value=float(min(1, 2 * min(stats.chi2.sf(total, squares.size), stats.chi2.cdf(total, squares.size)))),
    )


def _monobit(dropped: npt.NDArray[np.bool_], p: _Floats) -> BitTest:
    excess = dropped.mean(axis=0) - p
    return _test("monobit", len(dropped) * excess**2 / (p * (1 - p)), excess)


def _runs(dropped: npt.NDArray[np.bool_], p: _Floats) -> BitTest:
    passes, product = len(dropped), p * (1 - p)
    change = 2 * product
    changes = (dropped[1:] != dropped[:-1]).sum(axis=0)
    expected = (passes - 1) * change
    # Adjacent changes share a bit.
    variance = expected * (1 - change) + 2 * (passes - 2) * (product - change**2)
    return _test("runs", (changes - expected) ** 2 / variance, changes / expected - 1)


def _serial(standard: _Floats, lags: int) -> BitTest:
    passes = len(standard)
    products = [(standard[lag:] * standard[: passes - lag]).sum(axis=0) for lag in range(1, lags + 1)]
    counts = passes - np.arange(1, lags + 1)[:, None]
    return _test("serial", np.array(products) ** 2 / counts, np.array(products) / counts)


def _cross(standard: _Floats, lags: int) -> BitTest:
    passes, width = standard.shape
    same = [(earlier, later, 0) for earlier, later in itertools.combinations(range(width), 2)]
    apart = [(*pair, lag) for pair in itertools.permutations(range(width), 2) for lag in range(1, lags + 1)]
    products = np.array(
        [standard[: passes - lag, earlier] @ standard[lag:, later] for earlier, later, lag in (*same, *apart)]
    )
    counts = passes - np.array([lag for *_, lag in (*same, *apart)])
    return _test("cross-layer", products**2 / counts, products / counts)
