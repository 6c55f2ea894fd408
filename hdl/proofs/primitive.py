"""Polynomials over the field of two elements.

As integers whose bit i is the coefficient of x^i.
"""

from collections.abc import Sequence

from sympy import factorint

__all__ = ["characteristic", "is_primitive"]


def characteristic(taps: Sequence[int]) -> int:
    """Return the characteristic polynomial of a Fibonacci register with ``taps``, the first being its width.

    The bit shifted in is the sum of those shifted in ``tap`` shifts before: x^width + Σ x^(width − tap).
    """
    width = taps[0]
    return 2**width + sum(2 ** (width - tap) for tap in taps)


def is_primitive(polynomial: int) -> bool:
    """Return whether x has the largest possible order, 2^degree − 1, modulo ``polynomial``.

    Exactly then a register with this polynomial visits every state but zero.
    """
    degree = polynomial.bit_length() - 1
    period = 2**degree - 1
    if not polynomial & 1 or _power_of_x(period, polynomial) != 1:
        return False
    return all(_power_of_x(period // prime, polynomial) != 1 for prime in factorint(period))


def _power_of_x(exponent: int, polynomial: int) -> int:
    """Return x^exponent modulo ``polynomial``."""
    degree = polynomial.bit_length() - 1
    result = 1
    for bit in bin(exponent)[2:]:
        # A square has the same terms at twice the exponents.
        result = int("0".join(f"{result:b}"), 2) << int(bit)
        while result.bit_length() > degree:
            result ^= polynomial << result.bit_length() - 1 - degree
    return result
