import itertools

import pytest

from hdl.config import LFSR_TAPS
from hdl.proofs.primitive import characteristic, is_primitive


def order(polynomial):
    """Return after how many multiplications by x modulo ``polynomial`` 1 comes back, or None if it does not."""
    value = 1
    for count in range(1, 2 * polynomial):
        value <<= 1
        if value.bit_length() == polynomial.bit_length():
            value ^= polynomial
        if value == 1:
            return count
    return None


def test_agrees_with_the_order_of_x():
    for polynomial in range(2, 512):
        degree = polynomial.bit_length() - 1
        # x itself is 0 modulo x, and 1 modulo x + 1, where 2^1 − 1 is 1.
        assert is_primitive(polynomial) == (order(polynomial) == 2**degree - 1), f"{polynomial:b}"


@pytest.mark.parametrize("width", list(itertools.islice(LFSR_TAPS, 4)))
def test_characteristic_is_that_of_the_sequence(width):
    taps = LFSR_TAPS[width]
    bits = [1] * width
    while len(bits) < 3 * width:
        bits.append(sum(bits[-tap] for tap in taps) % 2)
    polynomial = characteristic(taps)
    for start in range(len(bits) - width):
        assert sum(bits[start + place] for place in range(width + 1) if polynomial >> place & 1) % 2 == 0
