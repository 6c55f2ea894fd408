"""Networks of sampled weights from training to integers."""

import pytest
import torch

from golden.arrays import code_probabilities
from golden.chips import OutputSpaceModel
from golden.data import load
from golden.model import core_model
from golden.training import Network, from_bytes, lower, to_bytes, train
from golden.training.schemes import SCHEME
from hdl.config import CoreConfig

PASSES = 64


@pytest.fixture(scope="module")
def config():
    """The digits of the smallest network, weights drawn, in a few epochs."""
    content = CoreConfig.load("tiny").model_dump()
    content["bayes"] = {"method": "sampled-weights", "passes": 8, "max_passes": 1024}
    content["network"]["hidden"] = [48, 32]
    content["logits"] = {}
    content["random"] = {"lfsr_width": 48}
    content["training"] |= {"epochs": 8, "learning_rate": 0.1, "distortion": 0.0}
    return CoreConfig.model_validate(content)


@pytest.fixture(scope="module")
def dataset(config):
    return load(config)


@pytest.fixture(scope="module")
def state(config, dataset):
    return train(config, dataset, seed=0)


def test_training_learns_and_weights_stay_random(state):
    print(state.accuracies)
    assert state.accuracies[-1] > 0.6 > 1.5 * state.accuracies[0]
    # Sixteen inputs leave nothing to be unsure of; the layer behind has more.
    p = state.network().hidden[1].linear.probability
    share = ((p > 0.05) & (p < 0.95)).double().mean()
    print(f"undecided: {share:.2f}")
    assert share > 0.2


def test_checkpoint(state):
    again = from_bytes(to_bytes(state), state.config)
    assert again.parameters.keys() == state.parameters.keys()
    assert all(torch.equal(again.parameters[name], value) for name, value in state.parameters.items())


def test_lowered_network_is_the_float_one(state, dataset):
    """Its logits have the same means and deviations over passes, up to the rounding of codes."""
    network, program = state.network(), lower(state.network())
    pixels = dataset.test_pixels[:40]
    floating = network.sample(pixels, (None,) * 3, passes=16 * PASSES).double()
    assert torch.equal(network.sample(pixels, (None,) * 3, passes=2).double(), floating[:, :2])
    model = OutputSpaceModel(program, code_probabilities(program), [torch.Generator().manual_seed(1)])
    fixed = model.logits(pixels, passes=16 * PASSES)[0].double()
    fixed = fixed / 2**program.config.logits.fraction
    deviation = floating.std(dim=1)
    # A threshold is rounded by up to half a count, which is a fifth of a deviation where the fan-in is 48.
    off = (fixed.mean(dim=1) - floating.mean(dim=1)) / deviation
    spread = (fixed.std(dim=1) / deviation).log()
    assert off.square().mean().sqrt() < 0.3
    assert spread.square().mean().sqrt() < 0.1
    print(f"off by {off.square().mean().sqrt():.3f} deviations, spread by {spread.square().mean().sqrt():.3f}")


def test_the_core_is_as_good_as_output_space(state, dataset):
    """Its digital draws, of one register for each line, in the model that is exact to the bit."""
    program = lower(state.network())
    pixels, labels = dataset.test_pixels, dataset.test_labels
    core = core_model(program).logits(pixels, passes=8).double().mean(dim=1).argmax(dim=1)
    model = OutputSpaceModel(program, code_probabilities(program), [torch.Generator().manual_seed(1)])
    drawn = model.logits(pixels, passes=8)[0].double()
    right, other = (core == labels).double().mean(), (drawn.mean(dim=1).argmax(dim=1) == labels).double().mean()
    assert other > 0.65
    # Shared draws and noise of 8 passes move some of 360 images.
    assert abs(right - other) < 0.06


def test_it_needs_draws(config):
    network = Network(config)
    pixels = torch.zeros((2, 16), dtype=torch.long)
    with pytest.raises(ValueError, match=r"^draws must be given, or a generator to draw them from, not None$"):
        network(pixels)


def test_other_weights_are_refused(config):
    binary = Network(CoreConfig.load("tiny")).output
    with pytest.raises(TypeError, match=r"^linear must have Bernoulli weights, not be BinaryLinear$"):
        SCHEME.lower_weights(config, binary)
