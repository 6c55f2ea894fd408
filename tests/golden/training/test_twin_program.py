import numpy as np
import pytest
import torch

from golden.data import random_config, random_program
from golden.model import IntegerModel, core_model
from golden.training import twin_program
from hdl.config import CoreConfig, InputError, config_twin, twin_fits


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "method", ["scale-dropout", "spatial-dropout", "spin-dropout", "subset-vi", "ensemble", "sampled-weights"]
)
def test_computes_in_every_pass_what_the_twin_does(method, seed):
    rng = np.random.default_rng(seed)
    config = random_config(rng, bayes={"method": method})
    assert twin_fits(config)
    twin = random_program(config_twin(config), rng)
    highest = 2**config.network.input_bits
    pixels = torch.from_numpy(rng.integers(0, highest, (7, config.network.inputs)))
    found = core_model(twin_program(config, twin)).logits(pixels)
    expected = IntegerModel(twin).logits(pixels)
    assert found.shape[1] == config.bayes.passes
    assert torch.equal(found, expected.expand_as(found))


def test_refuses_another_program():
    config = CoreConfig.load("tiny")
    program = random_program(config, np.random.default_rng(0))
    with pytest.raises(InputError, match=r"^program must be for the twin of 'tiny', not [0-9a-f]{12}…$"):
        twin_program(config, program)


def test_refuses_a_core_that_has_no_place_for_it():
    rng = np.random.default_rng(0)
    config = random_config(rng, bayes={"method": "affine-dropout"})
    assert not twin_fits(config)
    line = "bayes.method must be one with thresholds for the twin to run on its core, not 'affine-dropout'"
    with pytest.raises(InputError) as caught:
        twin_program(config, random_program(config_twin(config), rng))
    assert str(caught.value) == line
