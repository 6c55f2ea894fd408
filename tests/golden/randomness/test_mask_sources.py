import numpy as np
import pytest

from golden.draws import lfsr, stochastic_unit
from golden.randomness import mask_sources
from hdl.config import CoreConfig, InputError, RandomConfig

DIGITS = CoreConfig.load("digits")
RANDOM = RandomConfig(lfsr_width=19, draw_bits=5)
CODES = (9, 0, 31)


def test_shared_is_the_stochastic_unit():
    masks = mask_sources.shared(DIGITS.random, DIGITS.stochastic.drop_codes, 77, 50)
    expected = stochastic_unit.masks(DIGITS, DIGITS.stochastic.drop_codes, 77, 1, passes=50)
    assert np.array_equal(masks, expected[0].numpy())


def test_separate_units_start_apart():
    masks = mask_sources.separate(RANDOM, CODES, 5, 100)
    apart = 2**19 // 3 // 5
    for layer, code in enumerate(CODES):
        draws = lfsr.draws(RANDOM, lfsr.jump(RANDOM, 5, layer * apart), 0, 100)
        assert np.array_equal(masks[:, layer], draws >= code)


@pytest.mark.parametrize("shift", [1, 2, 3, 5])
def test_overlapping_draws_are_those_of_a_slower_register(shift):
    """Shifted bit by bit, with the lowest k bits read out after every ``shift`` shifts."""
    passes, state, expected = 40, 12345, []
    for _ in range(passes * len(CODES)):
        # The first draw is of new bits all the same.
        for _ in range(shift if expected else RANDOM.draw_bits):
            feedback = 0
            for stage in RANDOM.taps:
                feedback ^= state >> stage - 1
            state = (state << 1 | feedback & 1) & 2**RANDOM.lfsr_width - 1
        expected.append(state & 2**RANDOM.draw_bits - 1)
    masks = mask_sources.overlapping(RANDOM, CODES, 12345, passes, shift=shift)
    assert np.array_equal(masks, np.array(expected).reshape(passes, -1) >= CODES)


def test_overlapping_refuses():
    with pytest.raises(InputError, match=r"^shift must be an integer between 1 and 5, not 6$"):
        mask_sources.overlapping(RANDOM, CODES, 1, 10, shift=6)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_correlated_bits_have_their_correlation_and_p(rho):
    codes, passes = (77, 128), 200_000
    masks = mask_sources.correlated(DIGITS.random, codes, 1, passes, rho=rho)
    p = np.array(codes) / 256
    # Each repetition makes as many draws worth less.
    error = np.sqrt((1 + rho) / (1 - rho) / passes)
    assert np.abs((masks == 0).mean(axis=0) - p).max() < 4 * error
    for layer in range(2):
        assert abs(np.corrcoef(masks[1:, layer], masks[:-1, layer])[0, 1] - rho) < 4 * error


def test_alternating_is_as_even_as_can_be():
    masks = mask_sources.alternating(DIGITS.random, (77, 128), 3, 2560)
    assert (masks == 0).sum(axis=0).tolist() == [770, 1280]
    for layer, p in enumerate((77 / 256, 0.5)):
        drops = np.cumsum(masks[:, layer] == 0)
        assert np.abs(drops - p * np.arange(1, 2561)).max() <= 1


def test_stuck_and_shifted():
    assert (mask_sources.stuck((1, 2), 3, kept=1) == np.ones((3, 2))).all()
    shifted = mask_sources.ideal(RANDOM, CODES, 4, 2000, shift=4)
    assert np.array_equal(shifted, mask_sources.ideal(RANDOM, (13, 4, 31), 4, 2000))
    assert not np.array_equal(shifted, mask_sources.ideal(RANDOM, CODES, 4, 2000))
    assert mask_sources.ideal(RANDOM, CODES, 4, 2000, shift=-31).all()
