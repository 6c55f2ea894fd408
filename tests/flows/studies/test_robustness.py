import dataclasses
import json
import math
import re

import numpy as np
import pytest

from flows.studies.robustness.show import gain_sentences, pictures, to_markdown
from golden.data import load
from golden.faults import AdditiveVariation, BitFlips, FaultyModel
from golden.measures import uncertainty
from golden.model import IntegerModel
from hdl.config import CoreConfig
from hdl.contract import Program

CHIPS, INPUTS, PASSES = 4, 50, 3
FAULTS = {"bit-flips": (0.05, 0.5), "additive": (0.5, 2.0)}


def arguments(products, quick, *more):
    faults = [f"--fault={name}={','.join(map(str, strengths))}" for name, strengths in FAULTS.items()]
    sizes = ("--chips", CHIPS, "--inputs", INPUTS, "--passes", PASSES)
    return ("robustness", quick, "-o", products.directory, *faults, *sizes, "--json", *more)


@pytest.fixture
def result(bayescim, products, quick):
    answer = bayescim(*arguments(products, quick))
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


def test_numbers_are_those_of_each_chip(products, result):
    program, dataset = Program.load(products.program), load(products.config)
    pixels, labels = dataset.test_pixels[:INPUTS], dataset.test_labels[:INPUTS]
    (network,) = result["networks"]
    unit = 2**products.config.logits.fraction
    plain = uncertainty(IntegerModel(program).logits(pixels, passes=PASSES) / unit, labels)
    assert network["without"]["accuracy"] == {"mean": plain.accuracy, "deviation": None}
    assert network["without"]["nll"]["mean"] == plain.nll
    for kind in (BitFlips, AdditiveVariation):
        points = network["faults"][kind.name]
        assert [point["strength"] for point in points] == list(FAULTS[kind.name])
        for point in points:
            fault = kind(strength=point["strength"])
            logits = FaultyModel(program, fault, chips=CHIPS).logits(pixels, passes=PASSES)
            for name in ("accuracy", "nll", "ece"):
                values = [getattr(uncertainty(each / unit, labels), name) for each in logits]
                assert point[name]["mean"] == pytest.approx(math.fsum(values) / CHIPS)
                assert point[name]["deviation"] == pytest.approx(np.std(values, ddof=1))
    # Half of the weights wrong leaves nothing of what was trained.
    assert network["without"]["accuracy"]["mean"] > 0.3 > network["faults"]["bit-flips"][1]["accuracy"]["mean"]
    assert network["faults"]["bit-flips"][1]["accuracy"]["deviation"] > 0


def test_two_networks_side_by_side(bayescim, products, quick):
    answer = bayescim(
        "robustness", quick, "-o", products.directory, "--against", products.twin.directory,
        "--fault=bit-flips=0.1,0.3", "--chips", CHIPS, "--inputs", INPUTS,
    )  # fmt: skip
    assert answer.code == 0, answer.err
    result = json.loads((products.directory / "robustness.json").read_text())
    first, other = result["networks"]
    assert [each["label"] for each in (first, other)] == ["tiny, scale-dropout", "tiny, none"]
    assert (first["passes"], other["passes"]) == (8, 1)
    differences = [
        100 * (mine["accuracy"]["mean"] - theirs["accuracy"]["mean"])
        for mine, theirs in zip(first["faults"]["bit-flips"], other["faults"]["bit-flips"], strict=True)
    ]
    (gain,) = result["gains"]
    assert gain["points"] == pytest.approx(max(differences))
    assert gain["strength"] == (0.1, 0.3)[int(np.argmax(differences))]
    (sentence,) = gain_sentences(result)
    assert sentence in " ".join(answer.out.split())
    assert f"{max(differences):+.2f} ± " in sentence
    assert re.search(rf"bit-flips at rate {gain['strength']:g}\.$", sentence)
    page = (products.directory / "robustness.md").read_text()
    assert page.endswith(to_markdown(result, "robustness_tiny.svg"))
    # Without a fault there is a single network.
    assert f"| 0 | tiny, none | {other['without']['accuracy']['mean']:.2%} | " in page
    assert sentence in page
    mean, deviation = (other["faults"]["bit-flips"][0]["accuracy"][name] for name in ("mean", "deviation"))
    assert f"| 0.1 | tiny, none | {mean:.2%} ± {100 * deviation:.2f} |" in page


def test_picture(products, result):
    (draw,) = pictures(result).values()
    figure = draw()
    assert [axis.get_title() for axis in figure.axes[:2]] == ["bit-flips, frozen", "additive, frozen"]
    assert len(figure.axes) == 3 * len(FAULTS)
    points = [result["networks"][0]["without"], *result["networks"][0]["faults"]["additive"]]
    (line,) = figure.axes[1].lines
    assert line.get_xdata().tolist() == [0, *FAULTS["additive"]]
    assert line.get_ydata().tolist() == [each["accuracy"]["mean"] for each in points]
    assert (products.directory / "robustness_tiny.svg").read_bytes().startswith(b"<?xml")


def test_draws_are_chosen(bayescim, products, quick):
    """Anew for each read: other numbers, and chips that differ less. Bit flips stay frozen."""
    answer = bayescim(*arguments(products, quick, "--draws", "fresh"))
    assert answer.code == 0, answer.err
    fresh = json.loads(answer.out)
    assert {name: kind["draws"] for name, kind in fresh["kinds"].items()} == {
        "bit-flips": "frozen",
        "additive": "fresh",
    }
    frozen = json.loads(bayescim(*arguments(products, quick)).out)
    one, other = (each["networks"][0]["faults"] for each in (fresh, frozen))
    assert one["bit-flips"] == other["bit-flips"]
    assert one["additive"][1]["accuracy"]["deviation"] < other["additive"][1]["accuracy"]["deviation"]


def test_seeds(bayescim, products, quick, result):
    again = json.loads(bayescim(*arguments(products, quick, "--seed", 0)).out)
    other = json.loads(bayescim(*arguments(products, quick, "--seed", 1)).out)
    assert again == result
    assert other["networks"][0]["faults"] != result["networks"][0]["faults"]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--fault", "bit-flips=0.1,1.5"), "strengths of bit-flips must be between 0 and 1, not 1.5"),
        (("--fault", "bit-flips=-0.1"), "strengths of bit-flips must be between 0 and 1, not -0.1"),
        (("--fault", "additive=inf"), "strengths of additive must be between 0 and 1e+06, not inf"),
        (("--fault", "additive=a"), "strengths of additive must be numbers with commas between them, not 'a'"),
        (("--fault", "additive=0"), "strengths of additive must have one above 0, not 0.0"),
        (("--fault", "drift=1"), "fault must be one of bit-flips, additive, multiplicative, uniform, not 'drift'"),
        (("--fault", "drift"), "fault must be one of bit-flips, additive, multiplicative, uniform, not 'drift'"),
        (("--chips", "1"), "chips must be at least 2, not 1"),
        (("--inputs", "0"), "inputs must be at least 1, not 0"),
        (("--passes", "0"), "passes must be between 1 and 16, not 0"),
        (("--passes", "17"), "passes must be between 1 and 16, not 17"),
    ],
)
def test_bad_input(refused, products, quick, more, line):
    assert refused("robustness", quick, "-o", products.directory, *more) == line
    assert not (products.directory / "robustness.json").exists()


def test_bad_comparisons(refused, products, quick, tmp_path):
    command = ("robustness", quick, "-o", products.directory, "--against")
    empty = tmp_path / "empty"
    empty.mkdir()
    line = f"against must be a directory with one Program (.npz), not {str(empty)!r} with none"
    assert refused(*command, empty) == line
    assert refused(*command, empty / "none.npz").endswith("none.npz: cannot be read: No such file or directory")
    # The twin has one pass and no more.
    line = refused(*command, products.twin.directory, "--passes", 2)
    assert line == "passes must be between 1 and 1, not 2"


def test_another_data_set_is_no_comparison(refused, products, quick, tmp_path):
    program = Program.load(products.program)
    config = CoreConfig.model_validate(program.config.model_dump() | {"data": {"set": "fashion"}})
    other = tmp_path / "other.npz"
    other.write_bytes(dataclasses.replace(program, config=config).to_bytes())
    line = refused("robustness", quick, "-o", products.directory, "--against", other)
    assert line == "against must be of the data set 'digits', not 'fashion'"
