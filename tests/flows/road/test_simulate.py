import json

import numpy as np
import pytest

from golden.data import load
from golden.model import IntegerModel
from hdl.contract import Program

INPUTS, PASSES = 9, 5


@pytest.fixture
def simulated(bayescim, products, quick):
    answer = bayescim("simulate", quick, "-o", products.directory, "--inputs", INPUTS, "--passes", PASSES, "--json")
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


def test_logits_are_those_of_golden(products, simulated):
    config = products.config
    with np.load(products.logits) as file:
        logits, labels = file["logits"], file["labels"]
    dataset = load(config)
    expected = IntegerModel(Program.load(products.program)).logits(dataset.test_pixels[:INPUTS], passes=PASSES)
    assert logits.shape == (INPUTS, PASSES, config.network.classes)
    assert (logits == expected.numpy()).all()
    assert (labels == dataset.test_labels[:INPUTS].numpy()).all()
    assert simulated["equivalence"] == {
        "compared": logits.size,
        "mismatches": 0,
        "compared_statistics": 4 * INPUTS * config.network.classes,
        "statistics_mismatches": 0,
    }
    assert simulated["contents"] == "of the generated core"
    assert simulated["correct"] == int((logits.sum(axis=1).argmax(axis=1) == labels).sum())
    assert simulated["cycles_per_input"] > PASSES
    assert json.loads(products.simulation.read_text()) == simulated


def test_twin_runs_on_the_same_core(bayescim, products, quick):
    answer = bayescim("simulate", quick, "-o", products.directory, "--deterministic", "--inputs", INPUTS, "--json")
    assert answer.code == 0, answer.err
    result = json.loads(answer.out)
    twin = products.twin
    expected = IntegerModel(Program.load(twin.program)).logits(load(twin.config).test_pixels[:INPUTS])
    with np.load(twin.logits) as file:
        assert (file["logits"] == expected.numpy()).all()
    assert result["equivalence"]["mismatches"] == 0
    assert result["passes"] == 1
    assert result["contents"] == "loaded through the register port"
    assert not products.simulation.exists()


def test_a_broken_core_is_found(bayescim, products, quick, tmp_path):
    """The exit code tells, and so does the table."""
    text = products.verilog.read_text()
    broken = tmp_path / "broken.v"
    place = text.index("module \\tiny.core.logit_unit.logits ")
    end = text.index("endmodule", place)
    body = text[place:end]
    assert " - " in body
    broken.write_text(text[:place] + body.replace(" - ", " + ", 1) + text[end:])
    answer = bayescim("simulate", quick, "-o", products.directory, "--inputs", INPUTS, "--verilog", broken)
    assert answer.code == 1, answer
    result = json.loads(products.simulation.read_text())
    assert result["equivalence"]["mismatches"] > 0
    assert result["contents"] == "loaded through the register port"


def test_random_pixels(bayescim, refused, products, quick):
    """Without a data set; the workers do not change what comes out."""
    arguments = ("simulate", quick, "-o", products.directory, "--random-pixels", 7)
    assert refused(*arguments) == "inputs must be given for random pixels, not be all"
    found = []
    for workers in (1, 3):
        answer = bayescim(*arguments, "--inputs", INPUTS, "--workers", workers, "--json")
        assert (answer.code, answer.err) == (0, "")
        result = json.loads(answer.out)
        assert (result["correct"], result["random_pixels"], result["inputs"]) == (None, 7, INPUTS)
        assert result["simulator"]["workers"] == workers
        assert result["equivalence"]["mismatches"] == 0
        with np.load(products.logits) as file:
            assert "labels" not in file.files
            found.append(file["logits"])
    assert (found[0] == found[1]).all()
    line = refused("report", quick, "-o", products.directory)
    assert line.startswith(f"{products.simulation} must be of a data set, not of random pixels: run `bayescim simulate")


@pytest.mark.slow
def test_layers(bayescim, products, quick):
    answer = bayescim("simulate", quick, "-o", products.directory, "--inputs", 2, "--passes", 2, "--layers", "--json")
    assert (answer.code, answer.err) == (0, "")
    compared = json.loads(answer.out)["layers"]
    sizes = [2 * layer.outputs for layer in products.config.hidden_layers]
    assert [(each["compared"], each["mismatches"]) for each in compared["layers"]] == [(size, 0) for size in sizes]
    assert compared["first"] is None


@pytest.mark.slow
def test_loading_is_apart(bayescim, products, quick):
    assert bayescim("generate", quick, "-o", products.directory, "--empty").code == 0
    answer = bayescim("simulate", quick, "-o", products.directory, "--inputs", INPUTS, "--json")
    assert (answer.code, answer.err) == (0, "")
    result = json.loads(answer.out)
    assert result["contents"] == "loaded through the register port"
    assert result["equivalence"]["mismatches"] == 0
    assert result["simulator"]["loading_seconds"] > 0


@pytest.mark.parametrize("workers", [0, -1])
def test_workers(refused, products, quick, workers):
    line = refused("simulate", quick, "-o", products.directory, "--workers", workers)
    assert line == f"workers must be at least 1, not {workers}"


def test_verilog_that_is_none(refused, products, quick, tmp_path):
    assert "must exist, and does not" in refused(
        "simulate", quick, "-o", products.directory, "--verilog", tmp_path / "none.v"
    )
    bad = tmp_path / "bad.v"
    bad.write_text("module tiny(;")
    line = refused("simulate", quick, "-o", products.directory, "--verilog", bad)
    assert line.startswith(f"build of {str(bad)!r} by Verilator failed: %Error: ")
    assert not products.simulation.exists()
