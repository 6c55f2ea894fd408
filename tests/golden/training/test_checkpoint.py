import math
import random

import pytest
import torch
from safetensors.torch import load as load_tensors

from golden.data import load
from golden.training import from_bytes, lower, seal, to_bytes, train
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
    return seal(tensors)


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


def test_flipped_bits(content):
    """Any bit, be it of a weight, a name or the digest itself."""
    rng = random.Random(0)
    # The header holds names, shapes and the digest.
    header = 8 * (8 + int.from_bytes(content[:8], "little"))
    places = [*range(0, header, 7), *(rng.randrange(8 * len(content)) for _ in range(300))]
    for place in places:
        damaged = bytearray(content)
        damaged[place // 8] ^= 1 << place % 8
        with pytest.raises(InputError, match=r"^checkpoint: must be a whole checkpoint"):
            from_bytes(bytes(damaged))


@pytest.mark.parametrize(
    "damage", [lambda it: it + b"x", lambda it: it[:-64] + bytes(64), lambda it: it[:0], lambda it: it * 2]
)
def test_other_bytes(content, damage):
    with pytest.raises(InputError, match=r"^checkpoint: must be a whole checkpoint"):
        from_bytes(damage(content))


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("network.hidden.0.linear.latent", 1e30, "must be between -1e\\+12 and 1e\\+12, not 1.0"),
        ("network.hidden.0.linear.latent", 1.5, "must be within the range of training, up to 1, not 1.5"),
        ("network.hidden.1.linear.latent", -2.0, "must be within the range of training, up to 1, not -2.0"),
        ("network.hidden.1.neurons.norm.running_var", -1.0, "must be at least 0, not -1.0"),
        ("optimizer.gain.exp_avg_sq", -1e-3, "must be at least 0, not -0.001"),
        ("optimizer.gain.step", -1.0, "must be at least 0, not -1.0"),
        ("optimizer.bias.exp_avg", -1e20, "must be between"),
        ("seed", -5, "must be at least 0, not -5"),
        ("losses", -1.0, "must be at least 0, not -1.0"),
    ],
)
def test_out_of_range(content, name, value, line):
    tensor = load_tensors(content)[name].clone()
    tensor.view(-1)[-1] = value
    with pytest.raises(InputError, match=rf"^checkpoint: {name} {line}"):
        from_bytes(with_tensor(content, name, tensor))


@pytest.mark.parametrize("byte", [0, 255])
def test_generator_that_is_none(content, byte):
    state = torch.full_like(load_tensors(content)["generator"], byte)
    with pytest.raises(InputError, match=r"^checkpoint: generator must be the state of a random generator"):
        from_bytes(with_tensor(content, "generator", state))


METHODS = ({"method": name} for name in ("none", "subset-vi"))
DROPPING = ({"method": name, "p": [0.125, 0.125]} for name in ("scale-dropout", "affine-dropout"))


@pytest.mark.parametrize("bayes", [*METHODS, *DROPPING], ids=lambda bayes: bayes["method"])
def test_extremes_can_be_lowered(bayes):
    """The largest numbers that a checkpoint may have give a Program, whose ranges are checked."""
    random_section = TINY.random.model_dump() | {"draw_bits": 8}
    config = CoreConfig.model_validate(TINY.model_dump() | {"bayes": bayes, "random": random_section})
    content = to_bytes(train(config, load(config), seed=0))
    lowered = 0
    for name, tensor in load_tensors(content).items():
        if name.startswith("network.") and tensor.is_floating_point() and not name.endswith(("latent", "natural")):
            for value in (1e12, -1e12, 80.0, -80.0, 0.0, 1e-30):
                try:
                    state = from_bytes(with_tensor(content, name, torch.full_like(tensor, value)))
                except InputError as error:
                    assert f"{name} must be " in str(error)  # noqa: PT017 - most are accepted
                else:
                    lower(state.network())
                    lowered += 1
    assert lowered > 20
