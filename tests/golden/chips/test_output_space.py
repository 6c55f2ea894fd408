"""Output-space noise compared with weights drawn individually."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.stats import chisquare, ks_2samp, norm

from golden.arrays import FreshArrays, bernoulli_source, code_probabilities
from golden.chips import OutputSpaceModel
from golden.data import random_config, random_program
from golden.model import Model, core_model, statistics
from hdl.config import CoreConfig, InputError

#: Probability of a false alarm of each test.
LEVEL = 1e-4


def config(*, inputs=96, bits=1, hidden=(24, 16), image=None, channels=(), method="sampled-weights"):
    network = {"inputs": inputs, "input_bits": bits, "hidden": list(hidden), "classes": 4}
    if image is not None:
        convolutions = [{"channels": each, "pool": 2} for each in channels]
        network |= {"image": image, "inputs": math.prod(image), "convolutions": convolutions}
    return CoreConfig.model_validate(
        {
            "name": "many_passes",
            "network": network,
            "array": {"rows": 32, "cols": 16, "rows_per_read": 8},
            "bayes": {"method": method, "passes": 1, "max_passes": 4096},
            "random": {"lfsr_width": 48},
            "logits": {"width": 20, "fraction": 2, "gain_width": 20},
        }
    )


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def exact_distribution(p, bits):
    """Probabilities of all counts of agreements of a column whose input bits are all 1."""
    whole = np.ones(1)
    for bit in range(bits):
        plane = np.ones(1)
        for each in p:
            plane = np.convolve(plane, [1 - each, each])
        spread = np.zeros((len(plane) - 1) * 2**bit + 1)
        spread[:: 2**bit] = plane
        whole = np.convolve(whole, spread)
    return whole


@pytest.mark.parametrize("inputs", [64, 256, 784])
def test_counts_are_distributed_as_those_of_sampled_weights(inputs):
    """The last layer's counts against the exact distribution of a sum of Bernoulli variables, by chi-square."""
    made = config(inputs=2, hidden=(inputs,))
    program = random_program(made, np.random.default_rng(inputs))
    p = torch.rand((1, 4, inputs), generator=generator(inputs), dtype=torch.float64)
    # All neurons of the layer before fire.
    before = torch.ones((1, inputs, 2), dtype=torch.float64)
    program.neurons[0]["thresholds"][:] = 0
    program.neurons[0]["flips"][:] = 0
    samples = 30_000
    model = OutputSpaceModel(program, (before, p), [generator()])
    z = model.pre_activations(torch.ones((1, 2), dtype=torch.long), passes=samples)
    assert z.shape == (1, 1, samples, 4)
    assert ((z + inputs) % 2 == 0).all(), "every count is whole"
    for output in range(4):
        expected = exact_distribution(p[0, output].numpy(), 1) * samples
        counts = np.bincount(((z[0, 0, :, output] + inputs) // 2).numpy(), minlength=inputs + 1)
        likely = expected >= 10
        found = np.append(counts[likely], counts[~likely].sum())
        wanted = np.append(expected[likely], expected[~likely].sum())
        assert chisquare(found, wanted * found.sum() / wanted.sum()).pvalue > LEVEL / 4


@pytest.mark.parametrize(("inputs", "bits", "most"), [(9, 8, 0.02), (144, 1, 0.001), (784, 4, 0.0002)])
def test_distance_from_the_exact_distribution(inputs, bits, most):
    """The largest error of P(count ≤ c), to which no sampling contributes: small, but for very small windows."""
    p = torch.rand(inputs, generator=generator(inputs), dtype=torch.float64).numpy()
    exact = exact_distribution(p, bits).cumsum()
    mean = p.sum() * (2**bits - 1)
    deviation = math.sqrt((p * (1 - p)).sum() * (4**bits - 1) / 3)
    gaussian = norm.cdf((np.arange(len(exact)) + 0.5 - mean) / deviation)
    distance = np.abs(exact - gaussian).max()
    print(f"{inputs} inputs, {bits} planes: {distance:.5f}")
    assert distance < most


@pytest.mark.parametrize(
    "made",
    [config(inputs=96, bits=3), config(inputs=0, image=(8, 8, 2), channels=(12,), bits=2, hidden=(16,))],
    ids=["connected", "convolution"],
)
def test_logits_are_distributed_as_those_of_sampled_weights(made):
    """Kolmogorov and Smirnov's test of each class's logit on several inputs, and of the means and correlations."""
    program = random_program(made, np.random.default_rng(3))
    probabilities = code_probabilities(program)
    pixels = torch.randint(made.layers[0].plane_gain + 1, (3, made.network.inputs), generator=generator(1))
    passes = 1500
    fast = OutputSpaceModel(program, probabilities, [generator(2)]).logits(pixels, passes=passes)[0]
    arrays = FreshArrays(bernoulli_source(made.layers, probabilities, generator(3)))
    slow = Model(program, arrays).logits(pixels, passes=passes)
    assert fast.shape == slow.shape == (3, passes, 4)
    compared = 0
    for index in range(3):
        for output in range(4):
            one, other = fast[index, :, output].numpy(), slow[index, :, output].numpy()
            # Where most values are equal, so is the test's value.
            assert ks_2samp(one, other).pvalue > LEVEL / 12, (index, output)
            compared += len(np.unique(other)) > 1
    assert compared >= 6


def test_noise_does_not_depend_on_the_input():
    """x² is 1: all inputs give the same deviation, whatever the weights are."""
    made = config(inputs=2, hidden=(300,))
    program = random_program(made, np.random.default_rng(0))
    p = torch.rand((1, 4, 300), generator=generator(), dtype=torch.float64)
    values = torch.randint(2, (2, 300), generator=generator(1)).double()
    draws = torch.rand((5_000, 4, 300), generator=generator(2)) < p[0]
    for each in values:
        z = ((2.0 * draws - 1) * (2 * each - 1)).sum(dim=2)
        expected = (4 * p * (1 - p)).sum(dim=2).sqrt()[0]
        # The relative error of a deviation of n values is 1 / √(2n).
        assert ((z.std(dim=0) / expected).log().abs() < 5 / math.sqrt(2 * 5_000)).all()
    assert program.config is made


def test_certain_weights_leave_no_noise():
    """Codes at the ends: every pass is that of the exact model."""
    made = config(inputs=40, bits=4)
    program = random_program(made, np.random.default_rng(5))
    for codes in program.weights:
        codes[:] = np.where(codes < 128, 0, 255)
    pixels = torch.randint(16, (20, 40), generator=generator())
    probabilities = code_probabilities(program)
    found = OutputSpaceModel(program, probabilities, [generator()]).logits(pixels, passes=2)
    expected = core_model(program).logits(pixels, passes=1)
    assert torch.equal(found[0], expected.expand(-1, 2, -1))


@pytest.mark.parametrize("seed", range(4))
def test_certain_weights_in_random_networks(seed):
    """Convolutions, pooling, folding and all."""
    rng = np.random.default_rng(seed)
    made = random_config(rng, convolutions=True, bayes={"method": "sampled-weights"})
    while any(layer.skip is not None for layer in made.layers):
        made = random_config(rng, convolutions=True, bayes={"method": "sampled-weights"})
    program = random_program(made, rng)
    for layer, codes in zip(made.layers, program.weights, strict=True):
        codes[:] = np.where(codes < layer.sampling.certain / 2, 0, layer.sampling.certain)
    pixels = torch.as_tensor(rng.integers(0, made.layers[0].plane_gain, (5, made.network.inputs), endpoint=True))
    model = OutputSpaceModel(program, code_probabilities(program), [generator()])
    assert torch.equal(model.logits(pixels, passes=1)[0], core_model(program).logits(pixels, passes=1))
    trace, expected = model.trace(pixels), core_model(program).trace(pixels)
    assert torch.equal(trace.logits[0], expected.logits)
    for name in ("counts", "fired", "activations"):
        for found, wanted in zip(getattr(trace, name), getattr(expected, name), strict=True):
            assert torch.equal(found[0], wanted), name


def test_statistics_and_traces_are_those_of_the_logits():
    made = config(bits=2)
    program = random_program(made, np.random.default_rng(1))
    some = [torch.rand((2, layer.outputs, layer.inputs), generator=generator(layer.index)) for layer in made.layers]
    pixels = torch.randint(4, (7, 96), generator=generator())

    def model():
        return OutputSpaceModel(program, some, [generator(3), generator(4)])

    found = model().statistics(pixels, passes=3)
    for chip, logits in enumerate(model().logits(pixels, passes=3)):
        expected = statistics(logits)
        for field in dataclasses.fields(expected):
            assert torch.equal(getattr(found, field.name)[chip], getattr(expected, field.name))
    trace = model().trace(pixels)
    assert torch.equal(trace.logits, model().logits(pixels)[:, :, 0])
    for layer, counts, fired in zip(made.layers, trace.counts, trace.fired, strict=False):
        assert counts.shape == fired.shape == (2, 7, layer.outputs)
        assert counts.unique().numel() > 2
        # A Gaussian sum beyond the counts there are is the last of them, whatever it was compared with.
        neurons = program.neurons[layer.index]
        wanted = (counts >= torch.from_numpy(neurons["thresholds"])[:, 0]) ^ torch.from_numpy(neurons["flips"]).bool()
        inner = (counts > 0) & (counts < layer.count_max)
        assert inner.double().mean() > 0.9
        assert torch.equal(fired.bool()[inner], wanted[inner])


def test_a_chip_is_the_same_alone_and_among_others():
    made = config(bits=2)
    program = random_program(made, np.random.default_rng(0))
    chips = 3
    some = [torch.rand((chips, layer.outputs, layer.inputs), generator=generator(layer.index)) for layer in made.layers]
    pixels = torch.randint(4, (7, 96), generator=generator())
    together = OutputSpaceModel(program, some, [generator(i) for i in range(chips)]).logits(pixels, passes=3)
    for chip in range(chips):
        own = OutputSpaceModel(program, [each[[chip]] for each in some], [generator(chip)])
        alone = own.logits(pixels, passes=3)
        # Sums of products may be rounded otherwise, which moves a decision once in millions.
        assert (alone[0] == together[chip]).double().mean() > 0.99


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p[:-1], r"probabilities must be given for 3 layers, not 2"),
        (
            lambda p: [each[:, 1:] for each in p],
            r"probabilities of layer 0 must have shape \(1, 24, 96\), not \(1, 23, 96\)",
        ),
        (lambda p: [each * 3 for each in p], r"probabilities must be between 0 and 1, not [\d.]+"),
    ],
)
def test_bad_probabilities(change, message):
    made = config()
    program = random_program(made, np.random.default_rng(0))
    with pytest.raises(InputError, match=f"^{message}$"):
        OutputSpaceModel(program, change(code_probabilities(program)), [generator()])


def test_residuals_are_refused():
    made = config(inputs=0, image=(8, 8, 2), channels=(12,), hidden=(16,)).model_dump()
    made["network"]["convolutions"] = [{"channels": 3}, {"channels": 3, "skip": 0}]
    program = random_program(CoreConfig.model_validate(made), np.random.default_rng(0))
    with pytest.raises(InputError, match=r"^network must be without residuals for sampled weights, not 'many_passes'$"):
        OutputSpaceModel(program, code_probabilities(program), [generator()])


def test_bad_arguments():
    program = random_program(config(), np.random.default_rng(0))
    probabilities = code_probabilities(program)
    with pytest.raises(InputError, match=r"^generators must be one for each of 1 chips, not 2$"):
        OutputSpaceModel(program, probabilities, [generator()] * 2)
    with pytest.raises(InputError, match=r"^passes must be an integer of at least 1, not 0$"):
        OutputSpaceModel(program, probabilities, [generator()]).logits(torch.zeros((1, 96), dtype=torch.long), passes=0)
    fixed = random_program(random_config(np.random.default_rng(0), bayes={"method": "none"}), np.random.default_rng(0))
    with pytest.raises(InputError, match=r"^method must be 'sampled-weights', not 'none'$"):
        code_probabilities(fixed)
