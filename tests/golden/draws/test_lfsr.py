import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import factorint

from golden.draws import lfsr
from hdl.config import LFSR_TAPS, InputError, RandomConfig

from ..reference import Register


@st.composite
def registers(draw):
    width = draw(st.sampled_from(sorted(LFSR_TAPS)))
    bits = draw(st.integers(2, min(width, 32)))
    return RandomConfig(lfsr_width=width, draw_bits=bits), draw(st.integers(1, 2**width - 1))


def power_of_x(exponent, polynomial):
    """Return x^exponent modulo ``polynomial`` over GF(2), both as integers whose bit i is the factor of x^i."""
    degree = polynomial.bit_length() - 1
    result = 1
    for bit in bin(exponent)[2:]:
        square = int("0".join(f"{result:b}"), 2) << int(bit)
        while square.bit_length() > degree:
            square ^= polynomial << square.bit_length() - 1 - degree
        result = square
    return result


@pytest.mark.parametrize("width", LFSR_TAPS)
def test_polynomial_is_primitive(width):
    taps = LFSR_TAPS[width]
    assert taps[0] == width
    assert sorted(set(taps), reverse=True) == list(taps)
    # b_t is the sum of b_(t − tap): the characteristic polynomial has the terms x^width and x^(width − tap).
    polynomial = 2**width + sum(2 ** (width - tap) for tap in taps)
    period = 2**width - 1
    assert power_of_x(period, polynomial) == 1
    for prime in factorint(period):
        assert power_of_x(period // prime, polynomial) != 1


@pytest.mark.parametrize("width", [8, 9, 12, 14])
def test_register_visits_every_state_but_zero(width):
    random = RandomConfig(lfsr_width=width, draw_bits=2)
    register = Register(random, 1)
    seen = set()
    while register.state not in seen:
        seen.add(register.state)
        register.shift()
    assert seen == set(range(1, 2**width))


@given(registers(), st.integers(0, 60), st.integers(0, 60))
def test_agrees_with_the_register(case, first, count):
    random, seed = case
    register = Register(random, seed)
    for _ in range(first):
        register.draw()
    expected = [(register.draw(), register.state) for _ in range(count)]
    draws, states = lfsr.draws(random, seed, first, count), lfsr.states(random, seed, first, count)
    assert draws.dtype == np.int64
    assert states.dtype == np.uint64
    assert list(zip(draws.tolist(), states.tolist(), strict=True)) == expected


@given(registers(), st.integers(0, 2**80), st.integers(0, 2**80), st.integers(1, 40))
def test_jumps_add(case, near, far, count):
    random, seed = case
    there = lfsr.jump(random, seed, near)
    assert lfsr.jump(random, there, far) == lfsr.jump(random, seed, near + far)
    expected = lfsr.draws(random, there, far, count)
    assert lfsr.draws(random, seed, near + far, count).tolist() == expected.tolist()
    assert int(lfsr.states(random, seed, far, 1)[0]) == lfsr.jump(random, seed, far + 1)


@given(registers())
def test_sequence_repeats_after_the_period(case):
    random, seed = case
    period = 2**random.lfsr_width - 1
    assert lfsr.jump(random, seed, period) == seed
    assert lfsr.jump(random, seed, 0) == seed


@given(registers(), st.integers(1, 60))
def test_draws_share_no_bit(case, count):
    random, seed = case
    register = Register(random, seed)
    shifted_in = [register.shift() for _ in range(count * random.draw_bits)]
    words = [f"{draw:0{random.draw_bits}b}" for draw in lfsr.draws(random, seed, 0, count).tolist()]
    assert [int(bit) for bit in "".join(words)] == shifted_in


def test_long_sequence():
    random = RandomConfig(lfsr_width=33, draw_bits=7)
    draws = lfsr.draws(random, 5, 0, 100_000)
    for first in (0, 1, 4_095, 54_321, 99_990):
        assert draws[first : first + 10].tolist() == lfsr.draws(random, 5, first, 10).tolist()
    register = Register(random, 5)
    assert draws[:20_000].tolist() == [register.draw() for _ in range(20_000)]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((0, 0, 1), "seed must be an integer between 1 and 255, not 0"),
        ((256, 0, 1), "seed must be an integer between 1 and 255, not 256"),
        ((1, -1, 1), "first must be an integer of at least 0, not -1"),
        ((1, 0, -1), "count must be an integer of at least 0, not -1"),
        ((1, 0.5, 1), "first must be an integer of at least 0, not 0.5"),
    ],
)
@pytest.mark.parametrize("function", [lfsr.draws, lfsr.states])
def test_bad_input(function, arguments, line):
    with pytest.raises(InputError) as error:
        function(RandomConfig(lfsr_width=8), *arguments)
    assert str(error.value) == line


def test_bad_jump():
    with pytest.raises(InputError, match=r"^draws must be an integer of at least 0, not -1$"):
        lfsr.jump(RandomConfig(), 1, -1)
