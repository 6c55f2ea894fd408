"""Proofs of the arithmetic of normalization."""

import functools
from collections.abc import Iterator
from fractions import Fraction

from ....config import PredictiveFormat
from ...proof import Method, Proof

__all__ = ["proofs"]

#: Largest error of a share, in units of its last bit: half of rounding, a quarter of the reciprocal.
_ERROR = Fraction(3, 4)


def proofs() -> Iterator[Proof]:
    """Yield the proofs of the arithmetic of :class:`~hdl.results.predictive.Normalization`."""
    for classes, bits in ((2, 4), (3, 4), (5, 5)):
        measures = PredictiveFormat(
            classes=classes, logit_width=8, fraction=4, probability_bits=bits, entropy_bits=4, difference_bits=4
        )
        yield Proof(
            block="normalization",
            name=f"{classes}_classes",
            claim="a share is at most 1, and within 3/4 of its last bit of the exponential divided by the sum; the "
            "reciprocal and the product fit their widths",
            sizes=f"{classes} classes, probabilities of {bits} bits: all sums and all exponentials",
            method=Method.ALGEBRA,
            bench=functools.partial(_holds, measures),
        )


def _holds(measures: PredictiveFormat) -> bool:
    one, unit = 2**measures.exponential_bits, 2**measures.probability_bits
    shift = measures.reciprocal_bits - measures.probability_bits
    for total in range(one, measures.classes * one + 1):
        reciprocal = 2**measures.reciprocal_bits // total
        if reciprocal >= 2**measures.reciprocal_width:
            return False
        for exponential in range(one + 1):
            product = exponential * reciprocal
            share = product + 2 ** (shift - 1) >> shift
            # |share - exponential * unit / total| in whole numbers.
            error = abs(share * total - exponential * unit)
            if share > unit or product > 2**measures.reciprocal_bits or error * 4 > 3 * total:
                return False
    return True
