import math

import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from golden.data import load
from golden.training import from_bytes, to_bytes, train
from hdl.config import CoreConfig, InputError, config_twin

TINY = CoreConfig.load("tiny")
TINY = TINY.model_copy(update={"training": TINY.training.model_copy(update={"epochs": 1})})


@pytest.fixture(scope="module")
def content():
    return to_bytes(train(TINY, load(TINY), seed=3))


def with_tensor(content, name, tensor):
    """Return the checkpoint with one tensor replaced, or removed where ``tensor`` is None."""
    tensors = load_tensors(content)
    if tensor is None:
        del tensors[name]
    else:
        tensors[name] = tensor
    return save_tensors(tensors)


def test_round_trip(content):
    state = from_bytes(content, TINY)
    assert to_bytes(state) == content
    assert (state.config, state.seed, state.epoch, state.done) == (TINY, 3, 1, True)
    assert math.isfinite(state.losses[0])


def test_training_section_may_differ(content):
    other = TINY.model_copy(update={"training": TINY.training.model_copy(update={"epochs": 9})})
    assert from_bytes(content, other).config == TINY


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_truncated(content, keep):
    with pytest.raises(InputError, match=r"^it: must be a whole checkpoint \(safetensors\), not a damaged"):
        from_bytes(content[:keep], source="it")


def test_other_configuration(content):
    with pytest.raises(InputError, match=r"^checkpoint: config_hash must be .* of configuration 'tiny', not .*: train"):
        from_bytes(content, config_twin(TINY))


NAMES = [
    "network.hidden.0.linear.latent",
    "network.hidden.1.neurons.norm.running_var",
    "optimizer.gain.exp_avg_sq",
    "losses",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_not_finite(content, name, value):
    tensor = load_tensors(content)[name].clone()
    tensor.view(-1)[-1] = value
    with pytest.raises(InputError, match=rf"^checkpoint: {name} must be finite, not {value}$"):
        from_bytes(with_tensor(content, name, tensor))


@pytest.mark.parametrize("name", [*NAMES, "config", "seed", "accuracies", "generator"])
def test_missing(content, name):
    with pytest.raises(InputError, match=rf"^checkpoint: {name} is missing$"):
        from_bytes(with_tensor(content, name, None))


@pytest.mark.parametrize("name", [*NAMES, "seed", "generator"])
def test_wrong_shape(content, name):
    with pytest.raises(InputError, match=rf"^checkpoint: {name} must be torch\.\w+ of shape .*, not torch\.float32 of"):
        from_bytes(with_tensor(content, name, torch.zeros(3)))


def test_unknown_tensor(content):
    with pytest.raises(InputError, match=r"^checkpoint: network\.extra is not known$"):
        from_bytes(with_tensor(content, "network.extra", torch.zeros(3)))


def test_config_that_is_none(content):
    with pytest.raises(InputError, match=r"^checkpoint: config must be a valid configuration, not torch\.uint8 of 3$"):
        from_bytes(with_tensor(content, "config", torch.zeros(3, dtype=torch.uint8)))
