import dataclasses
import json

import numpy as np
import pytest

from golden.benchmarks import Range, measure
from golden.training import Network
from hdl.config import CoreConfig, InputError


def pixels_for(config, images):
    layer = config.layers[0]
    return np.random.default_rng(0).integers(0, layer.plane_gain, (images, layer.inputs), endpoint=True)


@pytest.fixture(scope="module")
def report():
    config = CoreConfig.load("tiny")
    return measure(Network(config, seed=1), pixels_for(config, 40), passes=(1, 8), repeats=3, batch_size=16)


def test_report(report):
    assert (report.name, report.images, report.repeats, report.batch_size) == ("tiny", 40, 3, 16)
    assert [comparison.passes for comparison in report.comparisons] == [1, 8]
    assert {"python", "torch", "numpy"} <= report.versions.keys()
    assert json.loads(json.dumps(dataclasses.asdict(report)))["comparisons"][1]["passes"] == 8


def test_figures_belong_together(report):
    for comparison in report.comparisons:
        for figure in (comparison.integer, comparison.floating, comparison.speedup):
            assert isinstance(figure, Range)
            assert 0 < figure.lowest <= figure.median <= figure.highest
        assert comparison.speedup.highest <= comparison.integer.highest / comparison.floating.lowest
        assert comparison.speedup.lowest >= comparison.integer.lowest / comparison.floating.highest


def test_both_compute_the_same_network(report):
    # Logits of 8 bits round a few close decisions to equal ones.
    for comparison in report.comparisons:
        assert comparison.agreement > 0.9


def test_network_is_left_as_it_was():
    config = CoreConfig.load("tiny")
    for training in (True, False):
        network = Network(config).train(training)
        measure(network, pixels_for(config, 2), passes=(1,), repeats=1)
        assert network.training is training


def test_sharing_pays():
    """A bound far below what a quiet machine reaches, so that a busy one passes too."""
    config = CoreConfig.load("fashion")
    (comparison,) = measure(Network(config), pixels_for(config, 256), passes=(64,), repeats=3).comparisons
    assert comparison.speedup.median > 5


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"pixels": [[1, 2]]}, r"pixels must have shape \(any, 16\), not \(1, 2\)"),
        ({"pixels": np.zeros((0, 16), dtype=int)}, r"pixels must have at least 1 image, not 0"),
        ({"passes": (17,)}, r"passes must be an integer between 1 and 16, not 17"),
        ({"repeats": 0}, r"repeats must be an integer of at least 1, not 0"),
        ({"batch_size": 0}, r"batch_size must be an integer of at least 1, not 0"),
    ],
)
def test_bad_input(change, line):
    config = CoreConfig.load("tiny")
    with pytest.raises(InputError, match=f"^{line}$"):
        measure(Network(config), **({"pixels": pixels_for(config, 1)} | change))
