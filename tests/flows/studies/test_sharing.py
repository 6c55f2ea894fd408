import json
import math

import numpy as np
import pytest
import torch

from flows.base.products import Products
from golden.arrays import DigitalArrays, IndependentArrays
from golden.data import random_config, random_program
from golden.randomness import column_correlation
from hdl.config import CoreConfig
from tests.test_documents import section

from ..conftest import TINY

#: Passes that correlations are estimated from here.
_PASSES = 400


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """A file with the configuration `tiny` and weights that are drawn, and products with a random Program."""
    text = TINY.replace('method = "scale-dropout"', 'method = "sampled-weights"\nweight_bits = 6')
    lines = [line for line in text.splitlines() if not line.startswith("p = ")]
    directory = tmp_path_factory.mktemp("sampled")
    path = directory / "tiny.toml"
    path.write_text("\n".join(lines) + "\n")
    products = Products(CoreConfig.load(path), directory)
    program = random_program(products.config, np.random.default_rng(1))
    (directory / "tiny.npz").write_bytes(program.to_bytes())
    return path, products


def test_command(bayescim, sampled, tmp_path):
    """Every way is measured; what is shared varies together."""
    path, products = sampled
    document = tmp_path / "document.md"
    document.write_text("<!-- sharing tiny: by a command -->\n<!-- end of sharing tiny -->\n")
    options = ("--repeats", 2, "--inputs", 20, "--correlated", _PASSES, "-g", 1, "-g", 5, "--passes", 2)
    answer = bayescim("sharing", path, "-o", products.directory, *options, "--document", document, "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert found == json.loads((products.directory / "sharing.json").read_text())
    ways = {(each["sampling"], each["generators"]): each for each in found["ways"]}
    assert [*ways] == [(sampling, g) for sampling in ("read", "pass") for g in (1, 5, None)]
    for (sampling, generators), each in ways.items():
        for figure in ("accuracy", "nll", "ece", "auroc_noise", "auroc_rotated"):
            assert math.isfinite(each["effect"][figure]["mean"])
        if generators:
            # Correlation falls with generators, and is that of chance without sharing.
            alone = zip(each["correlations"], ways[sampling, None]["correlations"], strict=True)
            assert any(shared > 2 * chance for shared, chance in alone)
            assert each["registers"] >= products.config.stochastic.units
    assert "| read | independent | — |" in section(document, "sharing tiny")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("-g", 99), "tiny: bayes.generators must be at most {}, the outputs of the widest layer, not 99"),
        (("--passes", 10_000), "passes must be between 1 and {}, not 10000"),
        (("--document", None), "document must have a section 'sharing tiny' between its two comments"),
    ],
)
def test_bad_arguments_are_refused(refused, sampled, tmp_path, options, line):
    path, products = sampled
    document = tmp_path / "document.md"
    document.write_text("nothing")
    given = [document if option is None else option for option in options]
    config = products.config
    most = config.bayes.max_passes if "--passes" in options else max(layer.outputs for layer in config.layers)
    found = refused("sharing", path, "-o", products.directory, "--inputs", 4, "--repeats", 1, *given)
    assert found == line.format(most)


def test_fixed_weights_are_refused(refused, products, quick):
    line = refused("sharing", quick, "-o", products.directory)
    assert line == "method must be 'sampled-weights', not 'scale-dropout'"


@pytest.mark.parametrize("sampling", ["read", "pass"])
def test_independent_draws_are_those_of_the_codes(sampling):
    """Each weight is +1 as often as its code says, and outputs do not vary together."""
    config = random_config(
        np.random.default_rng(1),
        network={"inputs": 20, "hidden": [12], "classes": 3},
        bayes={"method": "sampled-weights", "sampling": sampling, "weight_bits": 6},
        random={"lfsr_width": 32},
    )
    program = random_program(config, np.random.default_rng(2))
    arrays, layer, reads = IndependentArrays(program), config.layers[0], 4_000
    found = arrays.weights(layer, 0, reads).double().mean(dim=0)
    codes = torch.from_numpy(program.weights[0].T)
    expected = torch.where(codes == 63, 64, codes) / 64
    assert (found - expected).abs().max() < 6 / (2 * math.sqrt(reads))
    assert column_correlation(arrays, layer, passes=_PASSES) < 1.5 / math.sqrt(_PASSES)
    assert column_correlation(DigitalArrays(program), layer, passes=_PASSES) > 3 / math.sqrt(_PASSES)
