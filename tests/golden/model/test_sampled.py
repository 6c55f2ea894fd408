"""The integer model of sampled weights, and what it draws."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from golden.arrays.arrays import Arrays, DigitalArrays
from golden.data.synthetic import random_config, random_program
from golden.draws import lfsr
from golden.draws.draws import states_after
from golden.draws.weight_draws import WeightDraws
from golden.faults.faulty import FaultyModel
from golden.model.core_model import core_model
from golden.model.integer import IntegerModel
from golden.model.sampled import SampledModel
from golden.model.statistics import statistics
from hdl.config import InputError, RandomConfig

from ..sampled_reference import Core

each_sampling = pytest.mark.parametrize("sampling", ["read", "pass"])
each_shape = pytest.mark.parametrize("convolutions", [False, True], ids=["vectors", "maps"])
seeds = st.integers(0, 2**32 - 1)

#: Products of a cell and a bit plane that the reference has time for.
_CELLS = 4_000


def case(seed, sampling, inputs=2, *, convolutions=False, **bayes):
    """Return a random program and pixels, shape (inputs, N)."""
    rng = np.random.default_rng(seed)
    bayes = {"method": "sampled-weights", "sampling": sampling, "max_passes": 3} | bayes
    config = random_config(rng, convolutions=convolutions, bayes=bayes)
    program = random_program(config, rng)
    return program, rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))


@each_sampling
@each_shape
@settings(max_examples=5)
@given(seed=seeds)
def test_agrees_with_the_reference(sampling, convolutions, seed):
    program, pixels = case(seed, sampling, convolutions=convolutions)
    config = program.config
    assume(sum(layer.sweeps * layer.inputs * layer.outputs for layer in config.layers) < _CELLS)
    core, passes = Core(program), config.bayes.passes
    expected = [[core.single_pass(each) for _ in range(passes)] for each in pixels.tolist()]
    assert core_model(program).logits(pixels).tolist() == expected


@each_sampling
@each_shape
@settings(max_examples=4)
@given(seed=seeds, batch_size=st.integers(1, 4), first_pass=st.integers(0, 2**70))
def test_batches_change_no_bit(sampling, convolutions, seed, batch_size, first_pass):
    """Nor where passes begin; what is drawn goes on from input to input."""
    program, pixels = case(seed, sampling, 3, convolutions=convolutions)
    model, passes = core_model(program), program.config.bayes.passes
    logits = model.logits(pixels, first_pass=first_pass)
    assert torch.equal(model.logits(pixels, first_pass=first_pass, batch_size=batch_size), logits)
    trace = model.trace(pixels.repeat(passes, axis=0), first_pass=first_pass)
    assert torch.equal(trace.logits.view(logits.shape), logits)
    later = model.logits(pixels[1:], first_pass=first_pass + passes)
    assert torch.equal(later, logits[1:])
    found, expected = model.statistics(pixels, first_pass=first_pass), statistics(logits)
    for field in dataclasses.fields(expected):
        assert torch.equal(getattr(found, field.name), getattr(expected, field.name))


@each_sampling
@settings(max_examples=4)
@given(seed=seeds, passes=st.integers(0, 2**40))
def test_a_worker_starts_in_the_middle(sampling, seed, passes):
    program, pixels = case(seed, sampling)
    expected = core_model(program).logits(pixels, first_pass=passes)
    after = states_after(program, passes)
    assert len(after) == program.config.stochastic.units > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StochasticUnits, "seeds", lambda *_: after)
        assert torch.equal(core_model(program).logits(pixels), expected)


def test_a_weight_has_the_probability_of_its_code():
    """Over the whole period of an 8-bit register, which has every draw but 0 once."""
    config = random_config(
        np.random.default_rng(5),
        network={"inputs": 2},
        array={"rows": 2, "rows_per_read": 2},
        random={"lfsr_width": 8},
        bayes={"method": "sampled-weights", "weight_bits": 8, "generators": 2},
    )
    limits = WeightDraws(config, config.layers[0], 1).limits(0, 255)
    assert limits.shape == (255, 2, 2)
    for own in limits.flatten(start_dim=1).T:
        drawn = (own[:, None] < torch.arange(256)).sum(dim=0)
        assert drawn.tolist() == [0, *range(254), 255]


@each_sampling
def test_weights_are_shared_as_is_promised(sampling):
    """Each generator serves every G-th output; a pass has one sample or as many as it has sweeps."""
    program, _ = case(3, sampling, convolutions=True, weight_bits=8, generators=2)
    program = dataclasses.replace(program, weights=tuple(np.full_like(codes, 128) for codes in program.weights))
    arrays = DigitalArrays(program)
    for layer in program.config.layers:
        drawn = arrays.weights(layer, 0, 40)
        for m in range(layer.outputs):
            assert torch.equal(drawn[:, :, m], drawn[:, :, m % layer.sampling.generators])
        assert not torch.equal(drawn[:, :, 0], drawn[:, :, 1])
        assert not torch.equal(drawn[0], drawn[1])
        bits = torch.ones((3 * layer.sweeps, layer.inputs), dtype=torch.uint8)
        counts = arrays.counts(layer, 0, bits)
        of_visits = drawn[: 3 if sampling == "pass" else 3 * layer.sweeps].sum(dim=1)
        each = layer.sweeps if sampling == "pass" else 1
        assert torch.equal(counts, of_visits.repeat_interleave(each, dim=0)[: len(counts)])


def test_other_arrays_may_count():
    """Those of a device model: here cells that always agree."""
    program, pixels = case(1, "read")

    class Agreeing(Arrays):
        def __init__(self):
            self.seen = []

        def counts(self, layer, first_sweep, bits):
            self.seen.append((layer.index, first_sweep, tuple(bits.shape)))
            return torch.full((len(bits), layer.outputs), layer.inputs)

    arrays = Agreeing()
    passes, config = program.config.bayes.passes, program.config
    trace = SampledModel(program, arrays=arrays).trace(pixels, first_pass=passes)
    for layer, counts in zip(config.layers, trace.counts, strict=True):
        assert (counts == layer.count_max).all()
    assert arrays.seen == [
        (layer.index, passes * layer.sweeps, (2 * layer.sweeps, layer.inputs)) for layer in config.layers
    ]


@given(width=st.integers(8, 64), first=st.integers(0, 2**80), count=st.integers(0, 20), seed=seeds)
def test_registers_side_by_side_are_those_one_by_one(width, first, count, seed):
    rng = np.random.default_rng(seed)
    random = RandomConfig(lfsr_width=width, draw_bits=int(rng.integers(2, min(width, 32) + 1)))
    states = rng.integers(1, 2**width - 1, 3, dtype=np.uint64, endpoint=True)
    found = lfsr.draws_side_by_side(random, states, first, count)
    assert found.tolist() == [lfsr.draws(random, state, first, count).tolist() for state in states.tolist()]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"masks": np.zeros((2, 1, 0))}, "masks must be omitted for method 'sampled-weights', which has none"),
        ({"passes": 0}, "passes must be an integer between 1 and 3, not 0"),
        ({"passes": 4}, "passes must be an integer between 1 and 3, not 4"),
        ({"first_pass": -1}, "first_pass must be an integer of at least 0, not -1"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1, not 0"),
    ],
)
def test_bad_arguments_are_refused(arguments, line):
    rng = np.random.default_rng(1)
    config = random_config(rng, bayes={"method": "sampled-weights", "max_passes": 3})
    program = random_program(config, rng)
    pixels = np.zeros((2, config.network.inputs), dtype=int)
    with pytest.raises(InputError) as refusal:
        core_model(program).logits(pixels, **arguments)
    assert str(refusal.value) == line
    with pytest.raises(InputError, match=r"^pixels must be between 0 and \d+, not 256$"):
        core_model(program).logits(pixels + 256)


def test_models_know_their_programs():
    rng = np.random.default_rng(2)
    drawn = random_program(random_config(rng, bayes={"method": "sampled-weights"}), rng)
    fixed = random_program(random_config(rng), rng)
    assert isinstance(core_model(drawn), SampledModel)
    assert isinstance(core_model(fixed), IntegerModel)
    for model in (IntegerModel, FaultyModel):
        with pytest.raises(InputError) as refusal:
            model(drawn)
        assert str(refusal.value) == "bayes.method must be one whose weights are fixed, not 'sampled-weights'"
    with pytest.raises(InputError, match=r"^bayes\.method must be one whose weights are drawn, not '[-a-z]+'$"):
        SampledModel(fixed)
