import dataclasses
import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.data import random_config, random_program
from golden.draws import masks
from golden.model import IntegerModel, exact_weights, passes_of, places, statistics, weighted_logits
from hdl.config import CoreConfig, InputError

seeds = st.integers(0, 2**32 - 1)


def weighted_program(seed):
    """Return a random Program of a configuration whose passes have weights, and the source of the choices."""
    rng = np.random.default_rng(seed)
    most = int(rng.integers(1, 20, endpoint=True))
    bayes = {"method": "scale-dropout", "order": "prefix", "max_passes": most}
    config = random_config(rng, bayes=bayes, random={"lfsr_width": 24, "draw_bits": int(rng.integers(2, 6))})
    codes = rng.integers(0, 2**config.random.draw_bits, config.stochastic.mask_width)
    return dataclasses.replace(random_program(config, rng), codes=codes), rng


def in_plain_order(program):
    """Return the same integers for a core that makes the passes as they are drawn."""
    content = program.config.model_dump(mode="json")
    config = CoreConfig.model_validate(content | {"bayes": content["bayes"] | {"order": "plain"}})
    return dataclasses.replace(program, config=config)


def equal(found, wanted):
    return all(torch.equal(value, vars(wanted)[name]) for name, value in vars(found).items())


@given(seeds)
def test_places_are_in_the_order_of_prefixes(seed):
    """One mask bit a layer: the product of the bits, the first layer's slowest."""
    config = weighted_program(seed)[0].config
    assert places(config).tolist() == [
        list(bits) for bits in itertools.product((0, 1), repeat=config.stochastic.mask_width)
    ]


@given(seeds)
def test_exact_weights_are_products_of_probabilities(seed):
    """As fractions; they sum to 1, which is `exact_weight_total` in their unit."""
    program, _ = weighted_program(seed)
    config, steps = program.config, 2**program.config.random.draw_bits
    drop = [Fraction(int(code), steps) for code in program.codes]
    weights = exact_weights(config, torch.from_numpy(program.codes)).tolist()
    total = Fraction(0)
    for mask, weight in zip(itertools.product((0, 1), repeat=config.stochastic.mask_width), weights, strict=True):
        probability = Fraction(1)
        for bit, p in zip(mask, drop, strict=True):
            probability *= 1 - p if bit else p
        assert Fraction(weight, config.exact_weight_total) == probability
        total += probability
    assert total == 1
    assert sum(weights) == config.exact_weight_total < 2**config.pass_weight_width
    found = passes_of(program, 3, passes=1, exact=True)
    assert found.weights.tolist() == [weights] * 3


@given(seeds, st.integers(0, 4), st.integers(0, 9))
def test_drawn_weights_count_the_masks(seed, inputs, first_pass):
    program, rng = weighted_program(seed)
    passes = int(rng.integers(1, 20, endpoint=True))
    found = passes_of(program, inputs, passes=passes, first_pass=first_pass)
    drawn = masks(program.config, program.codes, program.seed, inputs, passes=passes, first_pass=first_pass).tolist()
    listed = places(program.config).tolist()
    assert found.weights.tolist() == [[each.count(mask) for mask in listed] for each in drawn]
    assert found.masks.tolist() == [listed] * inputs


@given(seeds, st.integers(1, 3), st.integers(0, 9))
def test_statistics_are_those_of_the_plain_order(seed, inputs, first_pass):
    """Sums, squares, votes and winner of the masks with their counts, and of every pass that was drawn."""
    program, rng = weighted_program(seed)
    config, plain = program.config, in_plain_order(program)
    passes = int(rng.integers(1, config.bayes.max_passes, endpoint=True))
    pixels = rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))
    logits, weights = weighted_logits(IntegerModel(program), pixels, passes=passes, first_pass=first_pass)
    every, none = weighted_logits(IntegerModel(plain), pixels, passes=passes, first_pass=first_pass)
    assert none is None
    assert equal(statistics(logits, weights), statistics(every))


@given(seeds)
def test_exact_statistics_are_those_of_all_draws(seed):
    """Few bits a draw, so that every combination of draws can be made: each mask as often as it weighs."""
    rng = np.random.default_rng(seed)
    bayes = {"method": "scale-dropout", "order": "prefix"}
    hidden = [3] * int(rng.integers(1, 3))
    config = random_config(rng, bayes=bayes, network={"hidden": hidden}, random={"draw_bits": 2})
    program = random_program(config, rng)
    steps = 2**config.random.draw_bits
    draws = itertools.product(range(steps), repeat=config.stochastic.mask_width)
    each = [[int(draw >= code) for draw, code in zip(of_pass, program.codes, strict=True)] for of_pass in draws]
    pixels = rng.integers(0, 2**config.network.input_bits, (2, config.network.inputs))
    model = IntegerModel(program)
    every = model.logits(pixels, masks=torch.tensor([each] * 2, dtype=torch.uint8))
    logits, weights = weighted_logits(model, pixels, passes=1, exact=True)
    assert equal(statistics(logits, weights), statistics(every))


def test_no_weights_in_the_plain_order():
    program, _ = weighted_program(0)
    with pytest.raises(InputError, match=r"^bayes.order must be 'prefix' for passes with weights, not 'plain'$"):
        passes_of(in_plain_order(program), 1, passes=1)


def test_a_number_of_inputs():
    program, _ = weighted_program(0)
    with pytest.raises(InputError, match=r"^inputs must be"):
        passes_of(program, -1, passes=1)
