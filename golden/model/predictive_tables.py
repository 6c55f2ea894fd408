"""Tables of exponentials and of -p ln p, from integers alone (docs/numerics.md#predictive-probabilities)."""

import functools

import torch
from torch import Tensor

from hdl.config import PredictiveFormat

__all__ = ["exponential_table", "surprise_table"]

#: Bits after the binary point of the intermediate values; each operation errs by less than the last of them,
#: and there are fewer than 2^24.
_BITS = 160


@functools.cache
def exponential_table(measures: PredictiveFormat) -> Tensor:
    """Return the exponentials that are not 0 at 0, 2^-step_bits, 2 · 2^-step_bits, … and a 0 behind them, int64."""
    one = 1 << _BITS
    # The series of exp(-2^-step_bits); the other entries are its powers.
    step, term, count = 0, one, 0
    while term:
        step += -term if count % 2 else term
        count += 1
        term = (term >> measures.step_bits) // count
    entries: list[int] = []
    power = one
    while len(entries) <= measures.index_max and (entry := _rounded(power, measures.exponential_bits)):
        entries.append(entry)
        power = power * step >> _BITS
    return torch.tensor([*entries, 0])


@functools.cache
def surprise_table(measures: PredictiveFormat) -> Tensor:
    """Return -p ln p at p = 0, 2^-b, …, 1, int64."""
    bits = measures.probability_bits
    logarithms = [0, 0]
    for number in range(2, 2**bits + 1):
        # ln n = ln (n - 1) + 2 artanh(1 / (2n - 1))
        logarithms.append(logarithms[-1] + 2 * _inverse_artanh(2 * number - 1))
    whole = logarithms[-1]
    entries = [
        _rounded(number * (whole - logarithm) >> bits, measures.entropy_bits)
        for number, logarithm in enumerate(logarithms)
    ]
    return torch.tensor(entries)


def _inverse_artanh(denominator: int) -> int:
    """Return artanh(1 / denominator)."""
    total, power, odd = 0, (1 << _BITS) // denominator, 1
    while power:
        total += power // odd
        power //= denominator**2
        odd += 2
    return total


def _rounded(value: int, bits: int) -> int:
    """Return ``value`` with ``bits`` after the point, half up."""
    return (value + (1 << _BITS - bits - 1)) >> _BITS - bits
