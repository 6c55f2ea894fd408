import itertools
import json
import re

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from flows.studies.uncertainty.show import pictures, said, to_markdown
from golden.data import load, make_ood
from golden.model import IntegerModel
from hdl.contract import Program

from ..conftest import TINY

INPUTS = 60
SETS = ("rotated-90", "noise")


def arguments(products, quick, *more):
    sets = [part for name in SETS for part in ("--ood", name)]
    return ("uncertainty", quick, "-o", products.directory, "--inputs", INPUTS, *sets, *more)


@pytest.fixture
def result(bayescim, products, quick):
    answer = bayescim(*arguments(products, quick, "--source", "golden", "--passes", "8,1,3", "--json"))
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_numbers_are_those_of_the_integer_model(products, result):
    """Of each set, computed anew by other means from logits that were computed anew."""
    program, config = Program.load(products.program), products.config
    dataset = load(config)
    test = dataset.test_pixels[:INPUTS]
    pixels = torch.cat([test, *(make_ood(name, config, test, seed=0) for name in SETS)])
    logits = IntegerModel(program).logits(pixels, passes=8).numpy() / 2**config.logits.fraction
    labels = dataset.test_labels[:INPUTS].numpy()
    assert [each["passes"] for each in result["assessments"]["golden"]] == [1, 3, 8]
    assert list(result["assessments"]) == ["golden"]
    assert (result["equivalence"], result["same_numbers"]) == (None, None)
    for each in result["assessments"]["golden"]:
        powers = np.exp(logits[:, : each["passes"]])
        probability = (powers / powers.sum(axis=2, keepdims=True)).mean(axis=1)
        assert each["accuracy"] == pytest.approx((probability[:INPUTS].argmax(axis=1) == labels).mean())
        assert each["nll"] == pytest.approx(log_loss(labels, probability[:INPUTS], labels=range(10)))
        entropy = -(probability * np.log(probability)).sum(axis=1)
        for index, name in enumerate(SETS, start=1):
            score = np.concatenate([entropy[:INPUTS], entropy[index * INPUTS : (index + 1) * INPUTS]])
            strange = np.arange(2 * INPUTS) >= INPUTS
            found = each["detection"][name]["predictive_entropy"]
            assert found["auroc"] == pytest.approx(roc_auc_score(strange, score), abs=1e-6)
            assert found["aupr"] == pytest.approx(average_precision_score(strange, score), abs=1e-6)
            assert each["mean_score"][name]["predictive_entropy"] == pytest.approx(score[INPUTS:].mean())
        # Of inputs with equal entropy each stands for their mean.
        _, group = np.unique(entropy[:INPUTS].round(9), return_inverse=True)
        wrong = probability[:INPUTS].argmax(axis=1) != labels
        wrong = (np.bincount(group, wrong) / np.bincount(group))[np.sort(group)]
        curve = each["selective"]["predictive_entropy"]
        assert curve["aurc"] == pytest.approx((wrong.cumsum() / np.arange(1, INPUTS + 1)).mean())
        assert curve["risk"][-1] == pytest.approx(1 - each["accuracy"])


def test_the_exact_row_is_the_limit_of_many_passes(products, result):
    """Every mask by the product of its probabilities, here as fractions of the drop codes."""
    program, config = Program.load(products.program), products.config
    dataset = load(config)
    masks = torch.tensor(list(itertools.product((0, 1), repeat=2)), dtype=torch.uint8)
    logits = IntegerModel(program).logits(dataset.test_pixels[:INPUTS], masks=masks.expand(INPUTS, 4, 2)).numpy()
    powers = np.exp(logits / 2**config.logits.fraction)
    drop = program.codes / 2**config.random.draw_bits
    weights = [np.prod([p if bit else q for p, q, bit in zip(1 - drop, drop, mask, strict=True)]) for mask in masks]
    assert sum(weights) == pytest.approx(1)
    probability = (powers / powers.sum(axis=2, keepdims=True) * np.array(weights)[:, None]).sum(axis=1)
    labels = dataset.test_labels[:INPUTS].numpy()
    assert result["exact"]["nll"] == pytest.approx(log_loss(labels, probability, labels=range(10)))
    assert result["exact"]["passes"] is None
    entropy = -(probability * np.log(probability)).sum(axis=1)
    assert result["exact"]["mean_score"]["test"]["predictive_entropy"] == pytest.approx(entropy.mean())


def test_page_and_picture(products, result):
    assert json.loads((products.directory / "uncertainty.json").read_text()) == result
    page = (products.directory / "uncertainty.md").read_text()
    assert page.endswith(to_markdown(result, "uncertainty_tiny.svg"))
    last = result["assessments"]["golden"][-1]
    assert f"| 8 | {last['accuracy']:.2%} | {last['nll']:.4f} |" in page
    assert f"| exact | {result['exact']['accuracy']:.2%} | {result['exact']['nll']:.4f} |" in page
    assert (
        f"| noise | {INPUTS} | predictive entropy | {last['detection']['noise']['predictive_entropy']['auroc']:.4f} |"
        in page
    )
    assert (products.directory / "uncertainty_tiny.svg").read_bytes().startswith(b"<?xml")
    (draw,) = pictures(result).values()
    titles = {axis.get_title() for axis in draw().axes}
    assert {"accuracy", "AUROC by predictive entropy", "AUROC by mutual information", "risk and coverage"} <= titles


def test_rtl_and_golden_give_the_same_numbers(bayescim, products, quick):
    answer = bayescim(*arguments(products, quick, "--passes", "1,5", "--json"))
    assert answer.code == 0, answer.err
    result = json.loads(answer.out)
    assert result["equivalence"]["compared"] == INPUTS * (1 + len(SETS)) * 5 * 10
    assert result["equivalence"]["mismatches"] == 0
    assert result["same_numbers"] is True
    assert result["assessments"]["rtl"] == result["assessments"]["golden"]
    assert "0 of 9,000 differ from golden's, whose numbers are the same." in said(result)
    alone = bayescim(*arguments(products, quick, "--passes", "1,5", "--source", "rtl", "--json"))
    assert json.loads(alone.out)["assessments"] == {"rtl": result["assessments"]["rtl"]}


def test_twin(bayescim, products, quick):
    """In RTL on the core of the Bayesian network; nothing is random, and nothing differs."""
    answer = bayescim(*arguments(products, quick, "--deterministic", "--json"))
    assert answer.code == 0, answer.err
    result = json.loads(answer.out)
    assert (result["passes"], result["method"], result["same_numbers"]) == ([1], "none", True)
    assert result["exact"] is None
    means = result["assessments"]["rtl"][0]["mean_score"]["noise"]
    assert means["mutual_information"] == pytest.approx(0, abs=1e-12)
    assert means["predictive_entropy"] > 0.01
    assert (products.twin.directory / "uncertainty.json").exists()


def test_a_broken_core_is_told(bayescim, products, quick):
    text = products.verilog.read_text()
    place = text.index("module \\tiny.core.logit_unit.logits ")
    end = text.index("endmodule", place)
    products.verilog.write_text(text[:place] + text[place:end].replace(" - ", " + ", 1) + text[end:])
    answer = bayescim(*arguments(products, quick, "--passes", "2"))
    assert answer.code == 1
    assert "NOT the same" in answer.out
    assert json.loads((products.directory / "uncertainty.json").read_text())["equivalence"]["mismatches"] > 0


def test_sets_that_are_not_at_hand_are_left_out(bayescim, products, quick, monkeypatch, tmp_path):
    monkeypatch.delenv("BAYESCIM_DATA", raising=False)
    (tmp_path / "data").mkdir()
    answer = bayescim(
        "uncertainty", quick, "-o", products.directory, "--source", "golden", "--inputs", 20, "--passes", "1",
        "--ood", "cifar10", "--ood", "noise", "--data", tmp_path / "data", "--json",
    )  # fmt: skip
    assert answer.code == 0
    result = json.loads(answer.out)
    assert list(result["sets"]) == ["test", "noise"]
    assert list(result["left_out"]) == ["cifar10"]
    assert answer.err.startswith("bayescim: cifar10 is left out: ")
    assert "Left out, not at hand: cifar10." in (products.directory / "uncertainty.md").read_text()


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--passes", "0,1"), "passes must be between 1 and 16, not 0"),
        (("--passes", "1,17"), "passes must be between 1 and 16, not 17"),
        (("--passes", "1,x"), "passes must be numbers with commas between them, not '1,x'"),
        (("--ood", "mnist"), "ood must be rotated-<1 to 359>, shuffled, noise, fashion, cifar10, not 'mnist'"),
        (("--inputs", "0"), "inputs must be at least 1, not 0"),
        (
            ("--source", "gates"),
            "Invalid value for '--source': Value error, 'gates' is not one of 'golden', 'rtl', 'both'.",
        ),
    ],
)
def test_bad_input(refused, products, quick, more, line):
    source = () if "--source" in more else ("--source", "golden")
    assert refused("uncertainty", quick, "-o", products.directory, *source, *more) == line
    assert not (products.directory / "uncertainty.json").exists()


def test_without_a_core_or_a_program(refused, quick, products, tmp_path):
    products.verilog.unlink()
    line = refused(*arguments(products, quick))
    assert re.search(
        rf"tiny\.v must exist, and does not: run `bayescim generate {re.escape(str(quick))} -o .*` first$", line
    )
    line = refused("uncertainty", quick, "-o", tmp_path / "empty", "--source", "golden")
    assert re.search(
        rf"tiny\.npz must exist, and does not: run `bayescim lower {re.escape(str(quick))} -o .*` first$", line
    )
    line = refused("uncertainty", quick, "-o", tmp_path / "empty", "--source", "golden", "--deterministic")
    assert line.endswith(f"run `bayescim lower --deterministic {quick} -o {tmp_path / 'empty'}` first")


def test_passes_with_weights_have_no_prefixes(refused, tmp_path):
    """In the RTL of such a core a pass is a mask, and the first T are not T draws."""
    path = tmp_path / "prefix.toml"
    assert TINY.count("[bayes]") == 1
    path.write_text(TINY.replace("[bayes]", '[bayes]\norder = "prefix"'))
    line = "source must be golden where bayes.order is 'prefix', not 'both'"
    assert refused("uncertainty", path, "-o", tmp_path) == line
