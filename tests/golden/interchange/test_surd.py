"""Numbers a + b √r against decimals of many digits."""

import decimal
import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from golden.interchange import Surd

#: Small numbers, so that ties and perfect squares are met.
RATIONALS = st.fractions(min_value=-50, max_value=50, max_denominator=20)
ROOTS = st.one_of(
    st.fractions(min_value=0, max_value=60, max_denominator=9), st.integers(0, 9).map(lambda n: Fraction(n * n, 49))
)


def decimals(value):
    """Return a + b √r to 60 digits."""
    with decimal.localcontext(prec=60):
        a, b, r = (decimal.Decimal(each.numerator) / each.denominator for each in (value.a, value.b, value.r))
        return a + b * r.sqrt()


@given(RATIONALS, RATIONALS, ROOTS)
def test_floor_ceiling_and_sign(a, b, r):
    number = Surd(a, b, r)
    value = decimals(number)
    if number.rational:
        exact = a + b * Fraction(math.isqrt(r.numerator), math.isqrt(r.denominator))
        assert (math.floor(number), math.ceil(number)) == (math.floor(exact), math.ceil(exact))
        assert number.sign == (exact > 0) - (exact < 0)
    else:
        # An irrational number is no integer, and at 60 digits not near one of this size.
        assert (math.floor(number), math.ceil(number)) == (math.floor(value), math.floor(value) + 1)
        assert number.sign == (1 if value > 0 else -1)
    assert float(number) == pytest.approx(float(value), rel=1e-9, abs=1e-12)


@given(RATIONALS, RATIONALS, RATIONALS, RATIONALS, ROOTS)
def test_quotient(a, b, c, d, r):
    dividend, divisor = Surd(a, b, r), Surd(c, d, r)
    assume(divisor.sign != 0)
    found = dividend.over(divisor)
    with decimal.localcontext(prec=60):
        assert abs(decimals(found) * decimals(divisor) - decimals(dividend)) < decimal.Decimal(10) ** -40


@given(RATIONALS, RATIONALS, ROOTS, RATIONALS)
def test_arithmetic(a, b, r, c):
    number = Surd(a, b, r)
    with decimal.localcontext(prec=60):
        term = decimal.Decimal(c.numerator) / c.denominator
        close = decimal.Decimal(10) ** -40
        assert abs(decimals(number.times(c)) - decimals(number) * term) < close
        assert abs(decimals(number.plus(c)) - decimals(number) - term) < close
        assert decimals(-number) == -decimals(number)


def test_perfect_squares_are_rational():
    assert Surd(Fraction(1), Fraction(2), Fraction(9, 4)) == Surd(Fraction(4))
    assert not Surd(Fraction(1), Fraction(2), Fraction(2)).rational


def test_errors():
    with pytest.raises(ValueError, match=r"^r must not be negative, not -1$"):
        Surd(Fraction(0), Fraction(1), Fraction(-1))
    with pytest.raises(ValueError, match=r"^divisor must have the root of 2, not of 3$"):
        Surd(Fraction(1), Fraction(1), Fraction(2)).over(Surd(Fraction(1), Fraction(1), Fraction(3)))
