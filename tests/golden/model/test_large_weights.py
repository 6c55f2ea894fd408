"""Sums at the largest weights that a configuration may have, beside integers without an end."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch

import hdl.results.predictive.predictive_tables as tables
from golden.data import random_program
from golden.model import IntegerModel, exact_weights, places, predictive, results, statistics, weighted_logits
from hdl.config import CoreConfig, InputError

from .. import reference

#: Bits of a draw, mask bits and bits of a logit: the largest weights of each number of mask bits, and some between.
LARGEST = [(32, 1, 12), (28, 2, 4), (11, 3, 4), (18, 3, 4), (14, 4, 4), (11, 5, 4), (9, 6, 4), (8, 6, 8)]

#: Drop codes: nothing, all but nothing, or a half is dropped; or anything is.
CODES = ("none", "nearly all", "half", "any")


def drop_codes(kind, config, rng):
    steps, count = 2**config.random.draw_bits, config.stochastic.mask_width
    if kind == "any":
        return rng.integers(0, steps, count).tolist()
    return [{"none": 0, "nearly all": steps - 1, "half": steps // 2}[kind]] * count


def weighted(draw_bits, mask_bits, width, classes=3, **sections):
    """Return a configuration whose passes have weights of up to ``draw_bits · mask_bits`` bits."""
    return CoreConfig.model_validate(
        {
            "name": "large",
            "network": {"inputs": 4, "input_bits": 1, "hidden": [3] * mask_bits, "classes": classes},
            "array": {"rows": 4, "cols": 4, "rows_per_read": 4},
            "bayes": {"method": "scale-dropout", "order": "prefix", "p": [0.5] * mask_bits, "passes": 2},
            "random": {"lfsr_width": 32, "draw_bits": draw_bits, "seed": 1},
            "logits": {"width": width, "fraction": 2},
            "ports": {"pixels_per_beat": 1},
            "predictive": {"probability_bits": 10, "entropy_bits": 16, "difference_bits": 2},
        }
        | sections
    )


def logits_of(config, rng, inputs):
    """Return logits (inputs, masks, classes): extremes, anything, and all the same."""
    ends = (config.logits.lowest, config.logits.highest)
    shape = (config.stochastic.masks, config.network.classes)
    kinds = (
        lambda: rng.choice(ends, shape),
        lambda: rng.integers(*ends, shape, endpoint=True),
        lambda: np.full(shape, rng.choice(ends)),
    )
    return torch.from_numpy(np.stack([kinds[index % len(kinds)]() for index in range(inputs)]))


def check(config, logits, weights):
    """Compare statistics and measures with plain integers."""
    found = results(logits, config, weights=weights)
    exponentials, surprises = tables.exponential_table(config.measures), [*tables.surprise_table(config.measures), 0]
    for index, (values, each) in enumerate(zip(logits.tolist(), weights.tolist(), strict=True)):
        members = {name: found[name][index].tolist() for name in found}
        sums, squares, votes, winner = reference.statistics(values, each)
        assert (members["sum"], members["square"], members["votes"]) == (sums, squares, votes)
        assert set(members["winner"]) == {winner}
        probability, *measures = reference.predictive(values, each, config.measures, exponentials, surprises)
        assert members["probability"] == probability
        names = ("predictive_entropy", "expected_entropy", "mutual_information")
        assert [members[name][0] for name in names] == measures[:3]


@pytest.mark.parametrize("codes", CODES)
@pytest.mark.parametrize(("draw_bits", "mask_bits", "width"), LARGEST)
def test_exact_weights(draw_bits, mask_bits, width, codes):
    config = weighted(draw_bits, mask_bits, width)
    rng = np.random.default_rng([draw_bits, mask_bits, *codes.encode()])
    drawn = drop_codes(codes, config, rng)
    weights = exact_weights(config, torch.tensor(drawn))
    steps = 2**draw_bits
    for bits, weight in zip(places(config).tolist(), weights.tolist(), strict=True):
        product = 1
        for bit, code in zip(bits, drawn, strict=True):
            product *= steps - code if bit else code
        assert weight == product
    assert sum(weights.tolist()) == config.exact_weight_total
    logits = logits_of(config, rng, 6)
    check(config, logits, weights.expand(len(logits), -1))


@pytest.mark.parametrize(("draw_bits", "mask_bits", "width"), [(28, 2, 4), (14, 4, 4), (8, 3, 20)])
def test_many_classes(draw_bits, mask_bits, width):
    """The winner, by sums that are too large to be multiplied with the number of classes."""
    config = weighted(draw_bits, mask_bits, width, classes=100)
    rng = np.random.default_rng([1, draw_bits, mask_bits])
    weights = exact_weights(config, torch.from_numpy(rng.integers(0, 2**draw_bits, mask_bits)))
    logits = logits_of(config, rng, 3)
    check(config, logits, weights.expand(len(logits), -1))


def test_from_pixels_on():
    """The configuration whose weights 32 bits do not hold, as `simulate --exact` compares it."""
    config = weighted(11, 3, 12)
    rng = np.random.default_rng(2)
    program = random_program(config, rng)
    program = dataclasses.replace(program, codes=np.array([1000, 2047, 3]))
    pixels = rng.integers(0, 2, (4, config.network.inputs))
    logits, weights = weighted_logits(IntegerModel(program), pixels, passes=1, exact=True)
    assert weights.sum(dim=1).tolist() == [2**33] * len(pixels)
    check(config, logits, weights)


def test_no_configuration_has_larger_weights():
    """One more bit a draw is refused wherever the sum of squares decides; a draw has 32 bits at the most."""
    widths = set()
    for mask_bits, width in itertools.product(range(1, 7), (4, 8, 24)):
        draw_bits = min((62 - 2 * (width - 1)) // mask_bits, 32)
        config = weighted(draw_bits, mask_bits, width)
        assert config.square_width <= 63
        widths.add(config.pass_weight_width)
        with pytest.raises(ValueError, match="draw_bits must be"):
            weighted(draw_bits + 1, mask_bits, width)
    assert max(widths) == 57


def test_the_most_passes_of_the_widest_logits():
    """Without weights it is the number of passes that makes sums large."""
    passes, lowest, highest = 2**16, -(2**23), 2**23 - 1
    logits = torch.tensor([lowest, highest]).expand(1, passes, 2)
    found = statistics(logits)
    assert found.sums.tolist() == [[passes * lowest, passes * highest]]
    assert found.squares.tolist() == [[passes * lowest**2, passes * highest**2]]
    assert found.votes.tolist() == [[0, passes]]
    assert found.winner.tolist() == [1]


@pytest.mark.parametrize("total", [2**59, 2**60 - 1, 2**61 - 1])
def test_means_beyond_any_configuration(total):
    """Up to the largest sum of weights that is accepted, where digits have the fewest bits."""
    config = weighted(8, 1, 12, classes=5)
    rng = np.random.default_rng(total % 1000)
    logits = torch.from_numpy(rng.integers(-(2**11), 2**11, (1, 4, 5)))
    parts = rng.integers(0, total // 4, 3).tolist()
    weights = [*parts, total - sum(parts)]
    found = predictive(logits, config.measures, weights=torch.tensor([weights]))
    exponentials, surprises = tables.exponential_table(config.measures), [*tables.surprise_table(config.measures), 0]
    probability, *measures = reference.predictive(logits[0].tolist(), weights, config.measures, exponentials, surprises)
    assert found.probability.tolist() == [probability]
    names = ("predictive_entropy", "expected_entropy", "mutual_information", "error_probability")
    assert [int(getattr(found, name)) for name in names] == measures


@pytest.mark.parametrize(
    ("logits", "weights", "line"),
    [
        (
            [[[2**31, 0]]],
            [[2]],
            r"weights times squares of logits must sum to at most 9223372036854775807, not up to 9223372036854775808",
        ),
        (
            [[[1, 0], [1, 0]]],
            [[2**62, 2**62]],
            r"the sum of the weights of an input must be at most 9223372036854775807, not more",
        ),
        (
            [[[1, 0]] * 4],
            [[2**63 - 1] * 4],
            r"the sum of the weights of an input must be at most 9223372036854775807, not more",
        ),
    ],
)
def test_statistics_that_64_bits_do_not_hold(logits, weights, line):
    with pytest.raises(InputError, match=f"^{line}$"):
        statistics(logits, weights)
