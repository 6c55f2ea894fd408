"""Tables of exp(-d) and -p ln p (docs/numerics.md#predictive-probabilities)."""

import decimal
import functools

from ...config import PredictiveFormat

__all__ = ["exponential_table", "surprise_table"]

#: Correctly rounded by their standard, exp and ln of decimals are the same on every machine. No entry is so near to
#: the middle of two integers that these digits could not decide it.
_CONTEXT = decimal.Context(prec=40, rounding=decimal.ROUND_HALF_UP)


@functools.cache
def exponential_table(measures: PredictiveFormat) -> tuple[int, ...]:
    """Return exp(-index / 2^step_bits) in fixed point with ``exponential_bits`` fraction bits, rounded.

    The table ends with the last entry that is not 0 or that an index reaches.
    """
    entries: list[int] = []
    scale, step = decimal.Decimal(2**measures.exponential_bits), decimal.Decimal(2**measures.step_bits)
    for index in range(measures.index_max + 1):
        power = _CONTEXT.exp(_CONTEXT.divide(decimal.Decimal(-index), step))
        entry = _rounded(_CONTEXT.multiply(scale, power))
        if not entry:
            break
        entries.append(entry)
    return tuple(entries)


@functools.cache
def surprise_table(measures: PredictiveFormat) -> tuple[int, ...]:
    """Return -p ln p with ``entropy_bits`` fraction bits, rounded, of each p = index / 2^probability_bits below 1."""
    scale, one = decimal.Decimal(2**measures.entropy_bits), 2**measures.probability_bits
    entries = [0]
    for index in range(1, one):
        p = _CONTEXT.divide(decimal.Decimal(index), decimal.Decimal(one))
        entries.append(_rounded(-_CONTEXT.multiply(scale, _CONTEXT.multiply(p, _CONTEXT.ln(p)))))
    return tuple(entries)


def _rounded(value: decimal.Decimal) -> int:
    return int(value.to_integral_value(decimal.ROUND_HALF_UP))
