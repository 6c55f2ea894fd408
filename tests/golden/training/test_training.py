import math

import pytest
import torch

from golden.data import Dataset, load
from golden.training import lower, to_bytes, train
from hdl.config import CoreConfig, InputError, config_twin

DATASET = load(CoreConfig.load("tiny"))


def tiny(**training):
    config = CoreConfig.load("tiny")
    training = {"epochs": 3, "batch_size": 100, "distortion": 0.05, **training}
    return CoreConfig.model_validate({**config.model_dump(), "training": {**config.training.model_dump(), **training}})


def convolutional(**training):
    """Return a small convolutional network for images as the data set of TINY has them."""
    document = CoreConfig.load("tiny").model_dump()
    document["network"].update(
        image=(4, 4, 1), convolutions=({"channels": 8}, {"channels": 8, "skip": 0}), hidden=(16,)
    )
    document["ports"]["pixels_per_beat"] = 1
    document["bayes"]["p"] = (0.1, 0.1, 0.1)
    document["training"].update({"epochs": 3, "batch_size": 100, "shift": 1, "mirror": True, **training})
    return CoreConfig.model_validate(document)


def interrupted(config, after):
    """Train and keep the state after epoch ``after``."""
    states = []
    train(config, DATASET, seed=1, on_epoch=states.append)
    return states[after - 1]


@pytest.mark.parametrize(
    "config", [tiny(), config_twin(tiny()), convolutional()], ids=["bayesian", "twin", "convolutional"]
)
def test_resuming_changes_no_bit(config):
    whole = train(config, DATASET, seed=1)
    for after in (1, 2, 3):
        resumed = train(config, DATASET, seed=1, state=interrupted(config, after))
        assert to_bytes(resumed) == to_bytes(whole)


def test_same_seed_same_program():
    programs = [lower(train(tiny(), DATASET, seed=seed).network()).to_bytes() for seed in (1, 1, 2)]
    assert programs[0] == programs[1]
    assert programs[0] != programs[2]


def test_global_generator_is_left_alone():
    before = torch.get_rng_state()
    train(tiny(epochs=1), DATASET, seed=1)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "config",
    [tiny(epochs=15), config_twin(tiny(epochs=15)), convolutional(epochs=15, shift=0, mirror=False)],
    ids=["bayesian", "twin", "convolutional"],
)
def test_it_learns(config):
    states = []
    final = train(config, DATASET, seed=0, on_epoch=states.append)
    assert [state.epoch for state in states] == list(range(1, 16))
    assert states[-1] is final
    assert final.done
    assert final.losses[-1] < states[0].losses[-1] < math.log(10) * 1.5
    assert final.accuracies[-1] > 0.5
    initial = train(config, DATASET, seed=0, state=states[-1]).network()
    for name, value in final.network().state_dict().items():
        assert torch.equal(value, initial.state_dict()[name])
    for linear in (*(layer.linear for layer in initial.hidden), initial.output):
        assert linear.latent.abs().max() <= 1


def test_test_images_are_not_looked_at():
    blind = Dataset(
        train_pixels=DATASET.train_pixels,
        train_labels=DATASET.train_labels,
        test_pixels=torch.zeros_like(DATASET.test_pixels),
        test_labels=torch.zeros_like(DATASET.test_labels),
    )
    assert to_bytes(train(tiny(), blind, seed=1)) == to_bytes(train(tiny(), DATASET, seed=1))


def test_fewer_images_than_a_batch():
    few = Dataset(
        train_pixels=DATASET.train_pixels[:20],
        train_labels=DATASET.train_labels[:20],
        test_pixels=DATASET.test_pixels,
        test_labels=DATASET.test_labels,
    )
    assert math.isfinite(train(tiny(), few, seed=1).losses[0])


def test_the_mask_goes_on_to_matter():
    config = tiny(epochs=15)
    program = lower(train(config, DATASET, seed=0).network())
    for thresholds in program.thresholds:
        assert (thresholds[:, 0] != thresholds[:, 1]).mean() > 0.1


@pytest.mark.parametrize("change", [{"shift": 0}, {"mirror": False}])
def test_changes_of_images_change_the_result(change):
    states = [train(convolutional(epochs=1, **each), DATASET, seed=1) for each in ({}, change)]
    assert states[0].losses != states[1].losses


def test_a_state_of_another_training_is_refused():
    state = interrupted(tiny(), 1)
    with pytest.raises(InputError, match=r"^training\.epochs must be 3 as in the checkpoint, not 4$"):
        train(tiny(epochs=4), DATASET, seed=1, state=state)
    with pytest.raises(InputError, match=r"^training\.distortion must be 0\.05 as in the checkpoint, not 0\.0$"):
        train(tiny(distortion=0.0), DATASET, seed=1, state=state)
    with pytest.raises(InputError, match=r"^training\.seed must be 1 as in the checkpoint, not 2$"):
        train(tiny(), DATASET, seed=2, state=state)
    with pytest.raises(InputError, match=r"^configuration must be \w{12}… as in the checkpoint, not \w{12}…$"):
        train(config_twin(tiny()), DATASET, seed=1, state=state)


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_that_does_not_fit(seed):
    with pytest.raises(InputError, match=rf"^training\.seed must be between 0 and {2**63 - 1}, not {seed}$"):
        train(tiny(), DATASET, seed=seed)


def coloured(inputs):
    document = tiny(epochs=1).model_dump()
    document["network"]["inputs"] = inputs
    document["data"]["set"] = "cifar10"
    return CoreConfig.model_validate(document)


def of_size(inputs):
    pixels, labels = torch.zeros(20, inputs, dtype=torch.uint8), torch.arange(20) % 10
    return Dataset(train_pixels=pixels, train_labels=labels, test_pixels=pixels, test_labels=labels)


def test_distortion_of_colours_without_an_image():
    """Three colours of a square, as the data set has them."""
    assert train(coloured(12), of_size(12), seed=0).done
    with pytest.raises(InputError, match=r"^training\.distortion must be 0 for 14 inputs, which are no square image$"):
        train(coloured(14), of_size(14), seed=0)
