"""Configurations with inverted normalization, and what its blocks should give, in plain integers."""

import pytest

from hdl.config import CoreConfig

from .configurations import CONFIGURATIONS, CONVOLUTIONAL, RESIDUAL, convolutional


def affine(config):
    """Return ``config`` with affine dropout."""
    layers = len(config.hidden_layers)
    passes = {"passes": config.bayes.passes, "max_passes": config.bayes.max_passes}
    bayes = {"method": "affine-dropout", "p": getattr(config.bayes, "p", (0.5,) * layers), **passes}
    return CoreConfig.model_validate(
        {**config.model_dump(exclude={"bayes"}), "name": f"{config.name}_affine", "bayes": bayes}
    )


#: A residual around a layer that waits for whole maps, with more positions than windows on their way.
AROUND = convolutional(
    "around",
    (4, 5, 1),
    [{"channels": 2}, {"channels": 3, "kernel": 1}, {"channels": 2, "kernel": 1, "skip": 0, "skip_gain": 2}],
    bayes={"method": "affine-dropout", "p": [0.5, 0.3, 0.5], "passes": 3, "max_passes": 4},
)

AFFINE = tuple(affine(config) for config in CONFIGURATIONS)
AFFINE_CONVOLUTIONAL = (*(affine(config) for config in CONVOLUTIONAL), AROUND)
AFFINE_RESIDUAL = affine(RESIDUAL)

each_affine_layer = pytest.mark.parametrize(
    ("config", "layer"),
    [
        pytest.param(config, layer, id=f"{config.name}-{layer.index}")
        for config in (*AFFINE, *AFFINE_CONVOLUTIONAL)
        for layer in config.hidden_layers
    ],
)


def choice(layer, tag):
    return tag["mask"] >> layer.mask_offset & 2**layer.mask_bits - 1


def random_contents(rng, layer):
    """Return gains and constants as nested lists of any value, where all is dropped those of a trained layer."""
    contents = {
        member.name: [
            [
                rng.choice((rng.randint(member.lowest, member.highest), member.lowest, member.highest, 0))
                for _ in range(4)
            ]
            for _ in range(layer.outputs)
        ]
        for member in layer.neuron_fields
    }
    for gains, constants in zip(contents["gains"], contents["constants"], strict=True):
        gains[0], constants[0] = 16, -8 * layer.count_max
        # Products that matter beside the constants.
        constants[3] = -gains[3] * layer.count_max // 2 + rng.randint(-8, 8)
    return contents


def random_maps(rng, config, layer, count):
    """Return maps as lists of counts of all positions, with their tags; ends and small differences are frequent."""
    maps = []
    for _ in range(count):
        near = rng.randint(0, layer.count_max)
        levels = rng.choice([(0, layer.count_max), (near, min(near + 1, layer.count_max)), None, None])
        numbers = [
            [rng.choice(levels) if levels else rng.randint(0, layer.count_max) for _ in range(layer.outputs)]
            for _ in range(layer.vectors)
        ]
        tag = {"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)}
        maps.append((numbers, tag))
    return maps


def transform(layer, contents, counts, tag):
    """Return A of one position."""
    drawn = choice(layer, tag)
    return [
        gains[drawn] * count + constants[drawn]
        for gains, constants, count in zip(contents["gains"], contents["constants"], counts, strict=True)
    ]


def fired(layer, contents, numbers, tag):
    """Return the activations of a map, position by position."""
    transformed = [transform(layer, contents, counts, tag) for counts in numbers]
    values = layer.vectors * layer.outputs
    total = sum(map(sum, transformed))
    return [[int(values * value >= total) for value in position] for position in transformed]
