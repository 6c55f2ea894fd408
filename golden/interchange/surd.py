"""Exact numbers a + b √r."""

import dataclasses
import math
from fractions import Fraction
from typing import Self

__all__ = ["Surd"]


@dataclasses.dataclass(frozen=True)
class Surd:
    """Number a + b √r of rational a, b and r ≥ 0, without rounding.

    A batch norm divides by the root of a variance, so its line over a pre-activation is made of such numbers. Where r
    is the square of a rational number, or b is 0, the number is made rational.

    Raises
    ------
    ValueError
        The number ``r`` is negative.
    """

    a: Fraction
    """Rational part."""

    b: Fraction = Fraction(0)
    """Factor of the root, 0 where the number is rational."""

    r: Fraction = Fraction(0)
    """Number under the root."""

    def __post_init__(self) -> None:
        if self.r < 0:
            raise ValueError(f"r must not be negative, not {self.r}")
        root = Fraction(math.isqrt(self.r.numerator), math.isqrt(self.r.denominator))
        if self.b == 0 or root * root == self.r:
            object.__setattr__(self, "a", self.a + self.b * root)
            object.__setattr__(self, "b", Fraction(0))
            object.__setattr__(self, "r", Fraction(0))

    @property
    def rational(self) -> bool:
        """Whether there is no root in it."""
        return self.b == 0

    @property
    def sign(self) -> int:
        """−1, 0 or 1."""
        if self.a * self.b >= 0:
            return _sign(self.a) or _sign(self.b)
        # The two parts have different signs: the larger one decides.
        return _sign(self.a) * _sign(self.a * self.a - self.b * self.b * self.r)

    def times(self, factor: Fraction) -> Self:
        """Return the product with a rational number."""
        return type(self)(self.a * factor, self.b * factor, self.r)

    def plus(self, term: Fraction) -> Self:
        """Return the sum with a rational number."""
        return type(self)(self.a + term, self.b, self.r)

    def over(self, divisor: Self) -> Self:
        """Return the quotient by another number, not 0, which has the same root or none.

        Raises
        ------
        ValueError
            The roots differ.
        """
        if not self.rational and not divisor.rational and self.r != divisor.r:
            raise ValueError(f"divisor must have the root of {self.r}, not of {divisor.r}")
        r = self.r or divisor.r
        norm = divisor.a * divisor.a - divisor.b * divisor.b * r
        a = (self.a * divisor.a - self.b * divisor.b * r) / norm
        return type(self)(a, (self.b * divisor.a - self.a * divisor.b) / norm, r)

    def __neg__(self) -> Self:
        return self.times(Fraction(-1))

    def __floor__(self) -> int:
        square = self.b * self.b * self.r
        # With a = p / q and b² r = m / n the number is (p n ± √(q² m n)) / (q n).
        p, q, m, n = self.a.numerator, self.a.denominator, square.numerator, square.denominator
        radicand = q * q * m * n
        root = math.isqrt(radicand)
        if self.b < 0:
            root = -root - (root * root < radicand)
        return (p * n + root) // (q * n)

    def __ceil__(self) -> int:
        return -math.floor(-self)

    def __float__(self) -> float:
        return float(self.a) + float(self.b) * math.sqrt(self.r)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
