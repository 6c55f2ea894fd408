"""Configurations for the tests of blocks."""

import pytest

from hdl.config import CoreConfig, HardwareConfig
from hdl.config.geometries import convolutional as document
from hdl.config.geometries import geometry

#: Everything at its legal minimum.
SMALLEST = geometry("smallest")

#: Padding word lines, groups, columns and pixels; two and more tiles both ways.
PADDED = geometry("padded")

CONFIGURATIONS = tuple(
    geometry(name) for name in ("smallest", "smallest_none", "smallest_8bit", "padded", "odd", "even")
)

#: Columns that are sensed in groups: two of them, and three with padding.
GROUPED = tuple(geometry(name) for name in ("grouped_pairs", "grouped"))

#: Passes with weights: everything at its legal minimum, padding everywhere, and masks that never occur.
WEIGHTED = tuple(geometry(name) for name in ("smallest_prefix", "padded_prefix", "three_prefix"))

#: Two convolutions with a residual and pooling, several bit planes, and padding everywhere.
RESIDUAL = geometry("residual_dense")

#: A single position.
ONE_PIXEL = geometry("one_pixel")

#: The smallest with a residual and pooling.
SHORTCUT = geometry("shortcut")

CONVOLUTIONAL = (RESIDUAL, ONE_PIXEL, *(geometry(name) for name in ("strided", "long_row", "pooled")))


def convolutional(name, image, convolutions, **options):
    """Return a configuration that begins with ``convolutions``, dictionaries as in a configuration."""
    return CoreConfig.model_validate(document(name, image, convolutions, **options))


#: Sizes between the others, in the long regression only: nothing happens there that does not happen elsewhere.
_MIDDLE = {"even", "grouped"}


def by_name(config):
    return config.name


def marks_of(config):
    """Return the marks of the cases of a configuration."""
    return [pytest.mark.slow] if config.name in _MIDDLE else []


def cases(configs):
    """Return configurations as parameters of a test."""
    return [pytest.param(config, id=config.name, marks=marks_of(config)) for config in configs]


def layer_cases(configs, layers=lambda config: config.layers):
    """Return the layers of configurations as parameters `config` and `layer` of a test."""
    return [
        pytest.param(config, layer, id=f"{config.name}-{layer.index}", marks=marks_of(config))
        for config in configs
        for layer in layers(config)
    ]


#: Runs a test over all configurations.
each_configuration = pytest.mark.parametrize("config", cases(CONFIGURATIONS))

#: Runs a test over all configurations whose passes have weights.
each_weighted = pytest.mark.parametrize("config", cases(WEIGHTED))

#: Runs a test over all configurations with convolutions.
each_convolutional = pytest.mark.parametrize("config", cases(CONVOLUTIONAL))

#: Runs a test over all layers of all configurations.
each_layer = pytest.mark.parametrize(("config", "layer"), layer_cases(CONFIGURATIONS))

#: Runs a test over all layers of all configurations, those among them whose columns are sensed in groups.
each_layer_and_grouping = pytest.mark.parametrize(("config", "layer"), layer_cases((*CONFIGURATIONS, *GROUPED)))

#: Runs a test over the stages of the pipeline in the columns, between none and all in the long regression only.
each_pipeline = pytest.mark.parametrize(
    "pipeline", [0, *(pytest.param(stages, marks=pytest.mark.slow) for stages in (1, 2, 3)), 4]
)


def pipelined(config, pipeline):
    """Return ``config`` with that number of stages."""
    return config.model_copy(update={"hardware": HardwareConfig(pipeline=pipeline)})


#: Runs a test over stalls on both sides.
each_stall = pytest.mark.parametrize(
    ("send_idle", "take_idle"),
    # Stalls of one side alone are among the random ones of the testbenches, which run in both simulators.
    [(0, 0), (3, 3), pytest.param(0, 3, marks=pytest.mark.slow), pytest.param(3, 0, marks=pytest.mark.slow)],
)


def predictive(config, **section):
    """Return ``config`` with predictive probabilities, small tables by default."""
    section = {"probability_bits": 6, "entropy_bits": 7, "difference_bits": 3} | section
    return CoreConfig.model_validate(config.model_dump() | {"name": f"{config.name}_predictive", "predictive": section})
