"""Refused configurations with convolutions.

Each is refused in one line that names the layer.
"""

import copy

import pytest

from hdl.config import CoreConfig

from .test_config import refusal, to_toml

BASE = {
    "name": "base",
    "network": {
        "inputs": 72,
        "image": [6, 6, 2],
        "convolutions": [{"channels": 3}, {"channels": 3, "skip": 0, "pool": 2}, {"channels": 4}],
        "hidden": [5],
        "classes": 3,
    },
    "array": {"rows": 12, "cols": 4, "rows_per_read": 4},
    "bayes": {"p": [0.5, 0.5, 0.5, 0.5]},
    "ports": {"pixels_per_beat": 2},
}


def changed(section, update):
    """Return a document with other fields in ``section``, or with ``section`` of a convolution as an integer."""
    document = copy.deepcopy(BASE)
    place = document["network"]["convolutions"][section] if isinstance(section, int) else document[section]
    place.update(update)
    return document


def test_the_base_is_accepted():
    assert len(CoreConfig.parse(to_toml(BASE)).layers) == 5


@pytest.mark.parametrize(
    ("layer", "update", "line"),
    [
        (0, {"kernel": 7, "padding": 0}, "kernel must be at most 6 for a map of 6 × 6 × 2 with padding 0, not 7"),
        (2, {"kernel": 5, "padding": 0}, "kernel must be at most 3 for a map of 3 × 3 × 3 with padding 0, not 5"),
        (2, {"kernel": 11, "padding": 3}, "kernel must be at most 9 for a map of 3 × 3 × 3 with padding 3, not 11"),
        (1, {"padding": 2}, "padding must be at most 1 for kernel 3, not 2"),
        (2, {"pool": 2}, "pool must divide the height and the width of 3 × 3, not be 2"),
        (0, {"skip": 0}, "skip must be a convolution before this one (less than 0), not 0"),
        (1, {"skip": 1}, "skip must be a convolution before this one (less than 1), not 1"),
        (1, {"skip": 2}, "skip must be a convolution before this one (less than 1), not 2"),
        (2, {"skip": 1}, "skip must be a convolution that gives 3 × 3 × 4, not 1, which gives 3 × 3 × 3"),
        (2, {"skip": 0}, "skip must be a convolution that gives 3 × 3 × 4, not 0, which gives 6 × 6 × 3"),
        (1, {"channels": 5}, "skip must be a convolution that gives 6 × 6 × 5, not 0, which gives 6 × 6 × 3"),
    ],
)
def test_refuses(layer, update, line):
    assert refusal(to_toml(changed(layer, update))) == f"network.convolutions.{layer}.{line}"


def test_refuses_a_residual_past_a_change_of_size():
    """The shapes are the same, but a stride and a pool are in between."""
    convolutions = [{"channels": 3}, {"channels": 3, "stride": 2}, {"channels": 3, "skip": 0}]
    document = changed("network", {"inputs": 1, "image": [1, 1, 2], "convolutions": convolutions})
    document["network"]["inputs"] = 2
    assert refusal(to_toml(document)) == (
        "network.convolutions.2.skip must be a convolution from which on nothing changes the size, not 0: "
        "convolution 1 does"
    )


@pytest.mark.parametrize(
    ("layer", "update", "field"),
    [
        (0, {"channels": 1}, "channels"),
        (1, {"kernel": 2}, "kernel"),
        (1, {"kernel": 13}, "kernel"),
        (0, {"stride": 3}, "stride"),
        (2, {"stride": 0}, "stride"),
        (2, {"pool": 3}, "pool"),
        (0, {"padding": -1}, "padding"),
        (1, {"skip": -1}, "skip"),
        (1, {"skip_gain": 0}, "skip_gain"),
        (1, {"skip_gain": 1.5}, "skip_gain"),
    ],
)
def test_refuses_a_value(layer, update, field):
    line = refusal(to_toml(changed(layer, update)))
    assert line.startswith(f"network.convolutions.{layer}.{field} must be valid, not {update[field]!r}: ")


def test_refuses_unknown_and_missing_fields():
    assert refusal(to_toml(changed(1, {"kernels": 3}))) == (
        "network.convolutions.1.kernels is not a known field (its value is 3)"
    )
    document = changed(1, {})
    del document["network"]["convolutions"][1]["channels"]
    assert refusal(to_toml(document)) == "network.convolutions.1.channels is missing"


@pytest.mark.parametrize(
    ("section", "update", "line"),
    [
        ("network", {"inputs": 71}, "network.inputs must be 72 for an image of 6 × 6 × 2, not 71"),
        (
            "network",
            {"image": None},
            "network.image must be [height, width, channels] where there are convolutions, not missing",
        ),
        ("array", {"folding": [4, 4, 4, 4]}, "array.folding must have 5 values or none, not 4"),
        ("array", {"folding": [4, 4, 4, 4, 4, 4]}, "array.folding must have 5 values or none, not 6"),
        ("array", {"folding": [4, 4, 4, 4, 8]}, "array.rows must be a multiple of folding (8), not 12"),
        ("ports", {"pixels_per_beat": 3}, "ports.pixels_per_beat must divide the channels of network.image (2), not 3"),
        ("ports", {"pixels_per_beat": 4}, "ports.pixels_per_beat must divide the channels of network.image (2), not 4"),
        ("bayes", {"p": [0.5]}, "bayes.p must have 4 values for method 'scale-dropout' and 4 hidden layers, not 1"),
    ],
)
def test_refuses_across_fields(section, update, line):
    assert refusal(to_toml(changed(section, update))) == line


@pytest.mark.parametrize("image", [[6, 6], [6, 6, 2, 1], [0, 6, 2], [6.0, 6, 2], 72])
def test_refuses_an_image(image):
    assert refusal(to_toml(changed("network", {"image": image}))).startswith("network.image")


@pytest.mark.parametrize(("field", "value"), [("mirror", True), ("shift", 1)])
def test_changes_of_images_need_an_image(field, value):
    document = {
        "name": "base",
        "network": {"inputs": 4, "hidden": [2], "classes": 2},
        "array": BASE["array"],
        "bayes": {"p": [0.5]},
        "training": {field: value},
    }
    assert refusal(to_toml(document)) == f"training.{field} must be omitted without network.image"
