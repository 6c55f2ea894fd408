"""Random integers in place of a trained network.

With every later command.
"""

import json

import numpy as np
import pytest

from golden.data import random_program
from hdl.contract import Program

#: Seed of the integers; all tests simulate the same core, which is built once.
SEED = 4


@pytest.fixture
def randomized(bayescim, quick, tmp_path):
    answer = bayescim("lower", quick, "--random", SEED, "-o", tmp_path, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out)["provenance"] == {"origin": "random integers", "seed": str(SEED)}
    return tmp_path


def test_program(randomized, trained):
    program = Program.load(randomized / "tiny.npz", trained.config)
    expected = random_program(trained.config, np.random.default_rng(SEED))
    for found, wanted in zip(program.weights + program.thresholds, expected.weights + expected.thresholds, strict=True):
        assert (found == wanted).all()
    assert program.provenance["origin"] == "random integers"


def test_later_commands(bayescim, refused, randomized, quick):
    assert bayescim("generate", quick, "-o", randomized).code == 0
    answer = bayescim("simulate", quick, "-o", randomized, "--inputs", 6)
    assert answer.code == 0, answer.err
    assert "random weights" in answer.out
    result = json.loads((randomized / "simulate.json").read_text())
    assert (result["random_weights"], result["equivalence"]["mismatches"]) == (True, 0)
    answer = bayescim("report", quick, "-o", randomized)
    assert answer.code == 0, answer.err
    assert "random weights" in answer.out
    assert "this accuracy is chance" in (randomized / "report.html").read_text()
    line = refused("document", randomized / "report.json")
    assert line == "report must be of a trained network, not of random weights (tiny)"


def test_checkpoint_beside_it_is_left_alone(bayescim, products, quick):
    """Its float network is another one."""
    assert bayescim("lower", quick, "--random", SEED, "-o", products.directory).code == 0
    assert bayescim("generate", quick, "-o", products.directory).code == 0
    assert bayescim("simulate", quick, "-o", products.directory, "--inputs", 3).code == 0
    with np.load(products.logits) as file:
        assert "float_logits" not in file.files


def test_seed(refused, quick, tmp_path):
    assert "--random" in refused("lower", quick, "--random", -1, "-o", tmp_path)
