import math

import pytest
import torch

from golden.common import pre_activation_unit
from golden.training import Network
from hdl.config import CoreConfig, config_twin

TINY = CoreConfig.load("tiny")
CONVOLUTIONAL = CoreConfig.model_validate(
    {
        "name": "convolutional",
        "network": {
            "inputs": 6 * 4 * 2,
            "input_bits": 3,
            "image": [6, 4, 2],
            "convolutions": [{"channels": 5}, {"channels": 5, "skip": 0, "skip_gain": 3, "pool": 2}],
            "hidden": [7],
            "classes": 3,
        },
        "array": {"rows": 8, "cols": 8, "rows_per_read": 4},
        "bayes": {"p": [0.5, 0.5, 0.5]},
    }
)


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


def as_draws(masks):
    """Return mask bits, a bit for each hidden layer along the last axis, as what each layer draws."""
    return (*masks.unbind(dim=-1), None)


def test_seed_is_all_that_matters():
    first, same, other = Network(TINY, seed=1), Network(TINY, seed=1), Network(TINY, seed=2)
    for name, value in first.state_dict().items():
        assert torch.equal(value, same.state_dict()[name])
    assert not torch.equal(first.output.latent, other.output.latent)


def test_masks_have_the_realised_probability():
    *hidden, last = Network(TINY).draw(20_000, torch.Generator().manual_seed(0))
    masks = torch.stack(hidden, dim=1)
    assert masks.shape == (20_000, 2)
    assert last is None
    for drawn, p in zip(masks.double().mean(dim=0).tolist(), TINY.stochastic.realised_p, strict=True):
        # Five standard deviations.
        assert abs(1 - drawn - p) < 5 * math.sqrt(p * (1 - p) / 20_000)


def test_each_sample_has_a_mask_of_its_own():
    network = Network(TINY).eval()
    one, masks = pixels(1).expand(4, -1), torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
    together = network(one, as_draws(masks))
    for index in range(4):
        assert torch.equal(network(one[:1], as_draws(masks[index : index + 1]))[0], together[index])


def test_a_mask_of_either_layer_matters():
    network = Network(TINY).eval()
    with torch.no_grad():
        for layer in network.hidden:
            # A threshold of 0, as in a network without training, is the same at every scale.
            layer.neurons.norm.bias.fill_(1.0)
    logits = [network(pixels(500), as_draws(torch.tensor([mask]).expand(500, -1))) for mask in ([1, 1], [0, 1], [1, 0])]
    assert not torch.equal(logits[0], logits[1])
    assert not torch.equal(logits[0], logits[2])


def test_masks_are_drawn_from_the_generator():
    network = Network(TINY).eval()
    drawn = network.draw(30, torch.Generator().manual_seed(7))
    assert torch.equal(network(pixels(), generator=torch.Generator().manual_seed(7)), network(pixels(), drawn))


def test_masks_or_a_generator_are_needed():
    with pytest.raises(ValueError, match=r"^draws must be given, or a generator to draw them from, not None$"):
        Network(TINY)(pixels())


def test_twin_needs_no_masks():
    network = Network(config_twin(TINY)).eval()
    assert all(not hasattr(layer.neurons, "dropout") for layer in network.hidden)
    logits = network(pixels())
    assert torch.equal(network.sample(pixels(), (None,) * 3, passes=2), logits.unsqueeze(1).expand(-1, 2, -1))


def test_sample_is_a_loop_over_passes():
    network = Network(TINY)
    *hidden, _ = network.draw(30 * 3, torch.Generator().manual_seed(0))
    masks = torch.stack(hidden, dim=1).reshape(30, 3, 2)
    logits = network.sample(pixels(), as_draws(masks), passes=3)
    assert logits.shape == (30, 3, 10)
    assert network.training
    network.eval()
    for index in range(3):
        assert torch.equal(logits[:, index], network(pixels(), as_draws(masks[:, index])))


def test_a_convolutional_network_layer_by_layer():
    """Maps that are added, pooled and flattened, against the functions of PyTorch on channels first."""
    network = Network(CONVOLUTIONAL).eval()
    images, masks = pixels(4, CONVOLUTIONAL), torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
    functional = torch.nn.functional

    def signs(x):
        return torch.where(x >= 0, 1.0, -1.0)

    def neurons(layer, z, bit):
        kept = masks[:, bit].bool()[(...,) + (None,) * (z.ndim - 1)]
        scaled = torch.where(kept, z * layer.neurons.dropout.scale.reshape(1, -1, *[1] * (z.ndim - 2)), z)
        return layer.neurons.norm(scaled / layer.unit)

    def convolve(layer, x, border):
        return functional.conv2d(functional.pad(x, (1, 1, 1, 1), value=border), signs(layer.linear.latent))

    first, second, dense = network.hidden
    x = (2.0 * images - 7).reshape(4, 6, 4, 2).permute(0, 3, 1, 2)
    maps = signs(neurons(first, convolve(first, x, -7.0), 0))
    z = neurons(second, convolve(second, maps, -1.0) + 3 * maps, 1)
    pooled = functional.max_pool2d(signs(z), 2)
    vectors = torch.stack([pooled[:, c, y, x] for y in range(3) for x in range(2) for c in range(5)], dim=1)
    hidden = signs(neurons(dense, vectors @ signs(dense.linear.latent).T, 2))
    logits = hidden @ signs(network.output.latent).T / network.output_unit
    assert torch.equal(network(images, as_draws(masks)), logits)


def test_only_convolutions():
    document = CONVOLUTIONAL.model_dump()
    document["network"]["hidden"], document["bayes"]["p"] = (), (0.5, 0.5)
    network = Network(CoreConfig.model_validate(document))
    logits = network(pixels(4, CONVOLUTIONAL), generator=torch.Generator())
    assert logits.shape == (4, 3)
    logits.sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_latent_weights_of_all_layers_are_clipped():
    network = Network(CONVOLUTIONAL)
    latents = [*(layer.linear.latent for layer in network.hidden), network.output.latent]
    with torch.no_grad():
        for latent in latents:
            latent.mul_(5)
    network.clip()
    assert [float(latent.detach().abs().max()) for latent in latents] == [1.0] * 4
