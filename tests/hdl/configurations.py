"""Configurations that the blocks are tested with."""

import itertools

import pytest

from hdl.config import CoreConfig, HardwareConfig

_NONE = {"method": "none", "passes": 1, "max_passes": 1}


def _config(name, network, array, bayes, random=(8, 2, 1), logits=(4, 0, 2, 2, 1), pixels_per_beat=1):
    return CoreConfig.model_validate(
        {
            "name": name,
            "network": dict(zip(("inputs", "input_bits", "hidden", "classes"), network, strict=True)),
            "array": dict(zip(("rows", "cols", "rows_per_read"), array, strict=True)),
            "bayes": bayes,
            "random": dict(zip(("lfsr_width", "draw_bits", "seed"), random, strict=True)),
            "logits": dict(zip(("width", "fraction", "gain_width", "offset_width", "max_shift"), logits, strict=True)),
            "ports": {"pixels_per_beat": pixels_per_beat},
        }
    )


#: Everything at its legal minimum.
SMALLEST = _config("smallest", (2, 1, [2], 2), (2, 2, 2), {"p": [0.5], "passes": 1, "max_passes": 1})

#: Padding word lines, groups, columns and pixels; two and more tiles both ways.
PADDED = _config(
    "padded",
    (17, 3, [7, 13], 5),
    (12, 4, 4),
    {"p": [0.3, 0.5], "passes": 3, "max_passes": 6},
    random=(19, 5, 0x5A5A5),
    logits=(8, 3, 6, 9, 6),
    pixels_per_beat=2,
)

CONFIGURATIONS = (
    SMALLEST,
    _config("smallest_none", (2, 1, [2], 2), (2, 2, 2), _NONE),
    _config("smallest_8bit", (2, 8, [2], 2), (2, 2, 2), {"p": [0.5], "passes": 2, "max_passes": 2}),
    PADDED,
    # No power of two. Thresholds of 15 and of 3 inputs have a bit more than their counts.
    _config("odd", (15, 1, [3, 5], 3), (6, 2, 3), _NONE, logits=(5, 1, 7, 5, 3), pixels_per_beat=3),
    # Powers of two throughout, without padding.
    _config(
        "even",
        (8, 2, [4, 8, 4], 4),
        (4, 4, 2),
        {"p": [0.0, 0.99, 0.4], "passes": 4, "max_passes": 8},
        random=(32, 8, 0x2311_1581),
        logits=(12, 6, 12, 24, 15),
        pixels_per_beat=2,
    ),
)


_PREFIX = {"order": "prefix"}

#: Passes with weights: everything at its legal minimum, padding everywhere, and masks that never occur.
WEIGHTED = (
    _config("smallest_prefix", (2, 1, [2], 2), (2, 2, 2), {"p": [0.5], "passes": 1, "max_passes": 1} | _PREFIX),
    _config(
        "padded_prefix",
        (17, 3, [7, 13], 5),
        (12, 4, 4),
        {"p": [0.3, 0.5], "passes": 3, "max_passes": 6} | _PREFIX,
        random=(19, 5, 0x5A5A5),
        logits=(8, 3, 6, 9, 6),
        pixels_per_beat=2,
    ),
    _config(
        "three_prefix",
        (8, 1, [4, 6, 5], 3),
        (4, 4, 2),
        {"p": [0.0, 0.5, 0.25], "passes": 9, "max_passes": 40} | _PREFIX,
        random=(16, 2, 0x1234),
    ),
)


def convolutional(
    name, image, convolutions, *, input_bits=1, hidden=(), classes=2, array=(12, 4, 4), bayes=None, pixels_per_beat=1
):
    """Return a configuration that begins with ``convolutions``, dictionaries as in a configuration."""
    height, width, channels = image
    layers = len(convolutions) + len(hidden)
    return CoreConfig.model_validate(
        {
            "name": name,
            "network": {
                "inputs": height * width * channels,
                "input_bits": input_bits,
                "image": image,
                "convolutions": convolutions,
                "hidden": hidden,
                "classes": classes,
            },
            "array": dict(zip(("rows", "cols", "rows_per_read", "folding"), array, strict=False)),
            "bayes": bayes or {"p": [0.5] * layers, "passes": 2, "max_passes": 4},
            "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
            "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 6},
            "ports": {"pixels_per_beat": pixels_per_beat},
        }
    )


#: Two convolutions with a residual and pooling, several bit planes, and padding everywhere.
RESIDUAL = convolutional(
    "residual",
    (6, 4, 3),
    [{"channels": 5}, {"channels": 5, "skip": 0, "skip_gain": 3, "pool": 2}],
    input_bits=3,
    hidden=[7],
    classes=3,
    array=(12, 4, 4, (12, 4, 6, 2)),
    pixels_per_beat=3,
)

#: A single position.
ONE_PIXEL = convolutional(
    "one_pixel", (1, 1, 2), [{"channels": 2}, {"channels": 3, "kernel": 1}], array=(4, 2, 2), pixels_per_beat=2
)

#: The smallest with a residual and pooling.
SHORTCUT = convolutional("shortcut", (2, 2, 1), [{"channels": 2}, {"channels": 2, "skip": 0, "pool": 2}])

CONVOLUTIONAL = (
    RESIDUAL,
    ONE_PIXEL,
    # Odd sizes, every other position, no border; windows leave out the last column of the map.
    convolutional(
        "strided",
        (7, 10, 2),
        [{"channels": 3, "kernel": 5, "stride": 2, "padding": 0}, {"channels": 2, "stride": 2}],
        input_bits=2,
        array=(10, 4, 5),
        bayes={"p": [0.3, 0.5], "passes": 3, "max_passes": 3},
    ),
    # A row of positions, and no randomness: a single pass.
    convolutional(
        "row", (1, 6, 1), [{"channels": 4, "kernel": 3, "pool": 1}], input_bits=8, hidden=[3], bayes=_NONE, classes=4
    ),
    # Pooled at once, then windows that leave a single position, which is taken as it is.
    convolutional("pooled", (8, 6, 1), [{"channels": 3, "pool": 2}, {"channels": 4, "padding": 0, "stride": 2}]),
)


def by_name(config):
    return config.name


#: Runs a test over all configurations.
each_configuration = pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)

#: Runs a test over all configurations whose passes have weights.
each_weighted = pytest.mark.parametrize("config", WEIGHTED, ids=by_name)

#: Runs a test over all configurations with convolutions.
each_convolutional = pytest.mark.parametrize("config", CONVOLUTIONAL, ids=by_name)

#: Runs a test over all layers of all configurations.
each_layer = pytest.mark.parametrize(
    ("config", "layer"),
    [
        pytest.param(config, layer, id=f"{config.name}-{layer.index}")
        for config in CONFIGURATIONS
        for layer in config.layers
    ],
)

#: Runs a test over the stages of the pipeline in the columns.
each_pipeline = pytest.mark.parametrize("pipeline", [0, 1, 2, 3, 4])


def pipelined(config, pipeline):
    """Return ``config`` with that number of stages."""
    return config.model_copy(update={"hardware": HardwareConfig(pipeline=pipeline)})


#: Runs a test over stalls on both sides.
each_stall = pytest.mark.parametrize(("send_idle", "take_idle"), [*itertools.product([0, 3], repeat=2)])


def predictive(config, **section):
    """Return ``config`` with predictive probabilities, small tables by default."""
    section = {"probability_bits": 6, "entropy_bits": 7, "difference_bits": 3} | section
    return CoreConfig.model_validate(config.model_dump() | {"name": f"{config.name}_predictive", "predictive": section})
