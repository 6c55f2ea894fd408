import math

import pytest
import torch

from golden.network import Network
from golden.pre_activation import pre_activation_unit
from golden.twin import config_twin
from hdl.config import CoreConfig

TINY = CoreConfig.load("tiny")


def pixels(count=30, config=TINY):
    generator = torch.Generator().manual_seed(0)
    return torch.randint(2**config.network.input_bits, (count, config.network.inputs), generator=generator)


@pytest.mark.parametrize("name", CoreConfig.names())
def test_unit_is_the_nearest_power_of_two(name):
    for layer in CoreConfig.load(name).layers:
        unit = pre_activation_unit(layer)
        assert math.log2(unit).is_integer()
        variance = layer.inputs * layer.plane_gain**2 + layer.skip_gain**2
        assert variance / 2 <= unit**2 <= variance * 2


def test_seed_is_all_that_matters():
    first, same, other = Network(TINY, seed=1), Network(TINY, seed=1), Network(TINY, seed=2)
    for name, value in first.state_dict().items():
        assert torch.equal(value, same.state_dict()[name])
    assert not torch.equal(first.output.latent, other.output.latent)


def test_masks_have_the_realised_probability():
    masks = Network(TINY).draw_masks(20_000, torch.Generator().manual_seed(0))
    assert masks.shape == (20_000, 2)
    for drawn, p in zip(masks.double().mean(dim=0).tolist(), TINY.realised_p, strict=True):
        # Five standard deviations.
        assert abs(1 - drawn - p) < 5 * math.sqrt(p * (1 - p) / 20_000)


def test_each_sample_has_a_mask_of_its_own():
    network = Network(TINY).eval()
    one, masks = pixels(1).expand(4, -1), torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
    together = network(one, masks)
    for index in range(4):
        assert torch.equal(network(one[:1], masks[index : index + 1])[0], together[index])


def test_a_mask_of_either_layer_matters():
    network = Network(TINY).eval()
    with torch.no_grad():
        for layer in network.hidden:
            # A threshold of 0, as in a network without training, is the same at every scale.
            layer.norm.bias.fill_(1.0)
    logits = [network(pixels(500), torch.tensor([mask]).expand(500, -1)) for mask in ([1, 1], [0, 1], [1, 0])]
    assert not torch.equal(logits[0], logits[1])
    assert not torch.equal(logits[0], logits[2])


def test_masks_are_drawn_from_the_generator():
    network = Network(TINY).eval()
    drawn = network.draw_masks(30, torch.Generator().manual_seed(7))
    assert torch.equal(network(pixels(), generator=torch.Generator().manual_seed(7)), network(pixels(), drawn))


def test_masks_or_a_generator_are_needed():
    with pytest.raises(ValueError, match=r"^masks must be given, or a generator to draw them from, not None$"):
        Network(TINY)(pixels())


def test_twin_needs_no_masks():
    network = Network(config_twin(TINY)).eval()
    assert all(layer.dropout is None for layer in network.hidden)
    logits = network(pixels())
    assert torch.equal(network.sample(pixels(), torch.empty(30, 2, 0)), logits.unsqueeze(1).expand(-1, 2, -1))


def test_sample_is_a_loop_over_passes():
    network = Network(TINY)
    masks = network.draw_masks(30 * 3, torch.Generator().manual_seed(0)).reshape(30, 3, 2)
    logits = network.sample(pixels(), masks)
    assert logits.shape == (30, 3, 10)
    assert network.training
    network.eval()
    for index in range(3):
        assert torch.equal(logits[:, index], network(pixels(), masks[:, index]))
