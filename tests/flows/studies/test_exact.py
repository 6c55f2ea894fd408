import json
import re

import numpy as np
import pytest
import torch

from flows.base.products import Products
from flows.studies.exact.show import COLUMNS, agrees, exact_rows, sample_line
from flows.studies.exact.study import in_plain_order
from golden.data import load
from golden.draws import masks
from golden.model import IntegerModel, exact_weights, places
from hdl.config import CoreConfig
from hdl.contract import Program

from ..conftest import TINY

INPUTS = 12


@pytest.fixture(scope="module")
def by_prefixes(tmp_path_factory):
    """A file with the configuration `tiny` in the order by prefixes."""
    text, count = re.subn(r"^\[bayes\]$", '[bayes]\norder = "prefix"', TINY, flags=re.MULTILINE)
    assert count == 1
    path = tmp_path_factory.mktemp("configuration") / "tiny.toml"
    path.write_text(text)
    return path


def predictive(logits, weights, fraction):
    """Return the mean of the softmax over the passes, shape (n, classes)."""
    each = torch.softmax(logits.double() / 2**fraction, dim=2)
    return (each * weights[..., None]).sum(dim=1) / weights.sum(dim=-1, keepdim=True)


@pytest.mark.slow
@pytest.mark.sim
def test_figures_are_those_of_golden(bayescim, by_prefixes, tmp_path):
    """Random integers; the distributions are computed anew, pass by pass in the plain order."""
    assert bayescim("lower", by_prefixes, "-o", tmp_path, "--random", 3).code == 0
    answer = bayescim("exact", by_prefixes, "-o", tmp_path, "--inputs", INPUTS, "--json")
    assert answer.code == 0, answer.err
    result = json.loads(answer.out)
    products = Products(CoreConfig.load(by_prefixes), tmp_path)
    assert json.loads((tmp_path / "exact.json").read_text()) == result
    assert (tmp_path / "exact_tiny.svg").read_bytes().startswith(b"<?xml")
    assert sample_line(result) in (tmp_path / "exact.md").read_text()
    assert agrees(result)
    modes = [(each["exact"], each["order"], each["passes"]) for each in result["rows"]]
    assert modes == [
        (True, "prefix", None),
        *((False, order, passes) for passes in (4, 16) for order in ("plain", "prefix")),
    ]
    assert (result["inputs"], result["masks"], result["long_run"]) == (INPUTS, 4, None)
    assert result["samples"]["comparisons"] == INPUTS * products.config.network.classes

    program = Program.load(products.program)
    config, pixels = program.config, load(products.config).test_pixels[:INPUTS]
    model, fraction = IntegerModel(in_plain_order(program)), config.logits.fraction
    every = model.logits(pixels, masks=places(config).expand(INPUTS, -1, -1))
    exact = predictive(every, exact_weights(config, torch.from_numpy(program.codes))[None].double(), fraction)
    for each in result["rows"][1:]:
        passes = each["passes"]
        drawn = masks(config, program.codes, program.seed, INPUTS, passes=passes)
        found = predictive(model.logits(pixels, masks=drawn), torch.ones((INPUTS, passes)).double(), fraction)
        distance = (found - exact).abs().sum(dim=1) / 2
        np.testing.assert_allclose(each["mean_distance"], float(distance.mean()), rtol=1e-9)
        np.testing.assert_allclose(each["largest_distance"], float(distance.max()), rtol=1e-9)
        assert each["equivalence"]["compared"] > 0
    first, *_, plain, prefix = result["rows"]
    assert (first["mean_distance"], first["largest_distance"]) == (0, 0)
    # 16 passes of 4 masks.
    assert first["cycles_per_input"] < plain["cycles_per_input"]
    assert prefix["cycles_per_input"] < plain["cycles_per_input"]
    assert all(len(row) == len(COLUMNS) for row in exact_rows(result))

    answer = bayescim("simulate", by_prefixes, "-o", tmp_path, "--inputs", INPUTS, "--exact", "--json")
    assert answer.code == 0, answer.err
    simulated = json.loads(answer.out)
    assert simulated["equivalence"] == first["equivalence"]
    assert simulated["cycles_per_input"] == first["cycles_per_input"]
    with np.load(products.logits) as file:
        assert (file["weights"] == exact_weights(config, torch.from_numpy(program.codes)).numpy()).all()
        assert (file["logits"] == every.numpy() * (file["weights"] > 0)[:, :, None]).all()


def test_what_differs_is_no_agreement():
    equal = {"compared": 2, "mismatches": 0, "compared_statistics": 2, "statistics_mismatches": 0}
    good = {"rows": [{"equivalence": equal}], "samples": {"holds": True}, "long_run": {"equivalence": equal}}
    assert agrees(good)
    assert agrees(good | {"long_run": None})
    wrong = {"equivalence": equal | {"statistics_mismatches": 1}}
    assert not agrees(good | {"rows": [wrong]})
    assert not agrees(good | {"long_run": wrong})
    assert not agrees(good | {"samples": {"holds": False}})


def test_bad_input(refused, by_prefixes, tmp_path):
    line = "exact must be omitted where bayes.order is 'plain' or for the twin"
    assert refused("simulate", "tiny", "-o", tmp_path, "--exact") == line
    line = "bayes.order must be 'prefix' for the exact mode, not 'plain'"
    assert refused("exact", "tiny", "-o", tmp_path) == line
    assert refused("exact", by_prefixes, "-o", tmp_path, "--inputs", 0) == "inputs must be at least 1, not 0"
    assert refused("exact", by_prefixes, "-o", tmp_path).startswith(f"{tmp_path / 'tiny.npz'} must exist, and does not")
