import hashlib
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from flows.base.files import to_json
from flows.base.pictures import to_png, to_svg
from flows.base.products import Products
from flows.base.provenance import input_of, provenance
from flows.cli import run
from flows.report.evidence import Evidence
from flows.report.figures import passes, reliability
from flows.report.summary import summarize
from flows.road.regression_record import RegressionRecord
from hdl.config import InputError

INPUTS = 40


@pytest.fixture(scope="module")
def reported(trained, quick, once, tmp_path_factory):
    """Products up to the report, the regression aside."""

    def make(directory):
        shutil.copytree(trained.directory, directory, dirs_exist_ok=True)
        base = [str(quick), "-o", str(directory)]
        assert run(["simulate", *base, "--passes", "16", "--inputs", str(INPUTS)]) == 0
        assert run(["simulate", *base, "--deterministic", "--inputs", str(INPUTS)]) == 0
        assert run(["synth", *base, "-t", "ecp5", "-t", "gates"]) == 0
        assert run(["report", *base]) == 0

    own = tmp_path_factory.mktemp("reported") / "copy"
    return Products(trained.config, Path(shutil.copytree(once("reported", make), own)))


@pytest.fixture
def numbers(reported):
    return json.loads(reported.figures.read_text())


def test_numbers_have_what_others_read(reported, numbers):
    assert set(numbers["accuracy"]) >= {"rtl", "golden", "float", "deterministic"}
    assert set(numbers["equivalence"]) >= {"compared", "mismatches"}
    assert list(numbers["uncertainty"]) == ["1", "4", "16", "deterministic"]
    for each in numbers["uncertainty"].values():
        assert set(each) == {"accuracy", "nll", "brier", "ece"}
    assert set(numbers["resources"]) == {"ecp5", "gates"}
    assert all(isinstance(count, int) for cells in numbers["resources"].values() for count in cells.values())
    assert numbers["regression"] is None
    assert set(numbers["provenance"]) >= {"seed", "config_hash", "versions"}
    assert numbers["provenance"]["config_hash"] == reported.config.hash
    assert numbers["cycles_per_input"] == json.loads(reported.simulation.read_text())["cycles_per_input"]


def test_numbers_come_from_the_logits_of_the_rtl(reported, numbers):
    config = reported.config
    with np.load(reported.logits) as file:
        logits, labels = file["logits"].astype(float), file["labels"]
    T = config.bayes.passes  # noqa: N806 (as in the papers)
    assert numbers["accuracy"]["passes"] == T
    assert numbers["accuracy"]["rtl"] == (logits[:, :T].sum(axis=1).argmax(axis=1) == labels).mean()
    assert numbers["accuracy"]["golden"] == numbers["accuracy"]["rtl"]
    for count in (1, 4, 16):
        real = np.exp(logits[:, :count] / 2**config.logits.fraction)
        probability = (real / real.sum(axis=2, keepdims=True)).mean(axis=1)
        found = numbers["uncertainty"][str(count)]
        assert found["nll"] == pytest.approx(-np.log(probability[np.arange(INPUTS), labels]).mean())
        assert found["brier"] == pytest.approx(((probability - np.eye(10)[labels]) ** 2).sum(axis=1).mean())
        assert found["accuracy"] == (probability.argmax(axis=1) == labels).mean()
    classes = config.network.classes
    # Both runs are in the comparison: 16 passes, and one of the twin.
    assert numbers["equivalence"]["compared"] == INPUTS * classes * (16 + 1)
    assert numbers["equivalence"]["mismatches"] == 0


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.images, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs))
        elif tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_page_is_whole_and_needs_nothing_else(reported, numbers):
    text = reported.report.read_text()
    page = Page(text)
    assert page.open == []
    # Two targets have a picture each.
    assert len(page.images) == 4 + 2
    for image in page.images:
        assert image["src"].startswith("data:image/svg+xml;base64,")
        assert len(image["alt"]) > 20
    assert not re.search(r'(src|href)="(?!data:)', text)
    words = " ".join("".join(page.words).split())
    assert f"{numbers['accuracy']['rtl']:.2%}" in words
    assert f"{numbers['uncertainty']['16']['nll']:.4f}" in words
    assert reported.config.hash in words
    for room, blocks in numbers["area"]["gates"]["blocks"].items():
        assert room in words
        assert all(block in words for block in blocks)
    assert "Regression" not in words


def test_pictures_are_beside_it(reported):
    for name in ("reliability", "accuracy", "nll", "uncertainty", "area_ecp5", "area_gates"):
        assert (reported.directory / f"{name}.svg").read_bytes().startswith(b"<?xml")
        assert (reported.directory / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_same_evidence_gives_the_same_bytes(bayescim, reported, quick):
    before = reported.report.read_bytes(), reported.figures.read_bytes()
    answer = bayescim("report", quick, "-o", reported.directory, "--json")
    assert answer.code == 0
    assert answer.out.encode() == before[1]
    assert (reported.report.read_bytes(), reported.figures.read_bytes()) == before


def test_regression_is_shown(reported, products):
    shutil.copytree(reported.directory, products.directory, dirs_exist_ok=True)
    inputs = {"program": input_of(products.directory, products.program, products.program.read_bytes())}
    result = {
        "provenance": provenance(products.config, inputs),
        "seed": 0,
        "simulators": {"verilator": {"version": "5.48", "tests": 7, "failed": 2}},
        "skipped": {"icarus": "icarus must be installed"},
        "results": [
            {"simulator": "verilator", "block": "core", "tests": 7, "failed": 2, "seconds": 1.0, "error": None}
        ],
        "logs": [],
    }
    RegressionRecord.of(result).write(products.regression)
    numbers = summarize(Evidence.load(products)).plain()
    assert numbers["regression"] == result["simulators"]
    assert numbers["skipped_simulators"] == result["skipped"]


def test_products_of_another_configuration_are_refused(reported, products):
    shutil.copytree(reported.directory, products.directory, dirs_exist_ok=True)
    content = json.loads(products.synthesis.read_text())
    content["provenance"]["config_hash"] = "0" * 64
    products.synthesis.write_text(to_json(content))
    with pytest.raises(
        InputError, match=r"synth\.json: config_hash must be [0-9a-f]{12}…, not 0{12}…: run `bayescim synth"
    ):
        Evidence.load(products)


@pytest.fixture(scope="module")
def complete(reported, quick, once, tmp_path_factory):
    """Products with everything that a report reads."""

    def make(directory):
        shutil.copytree(reported.directory, directory, dirs_exist_ok=True)
        base = [str(quick), "-o", str(directory)]
        few = ["--inputs", "20"]
        assert run(["map", *base]) == 0
        assert run(["uncertainty", *base, "--source", "golden", "--ood", "noise", "--passes", "2", *few]) == 0
        assert run(["robustness", *base, "--fault", "bit-flips=0.1", "--chips", "2", "--passes", "2", *few]) == 0
        assert run(["report", *base]) == 0
        own = Products(reported.config, directory)
        inputs = {"program": input_of(directory, own.program, own.program.read_bytes())}
        counts = {"tests": 7, "failed": 0}
        content = {"provenance": provenance(own.config, inputs), "seed": 0, "skipped": {}, "logs": []}
        content |= {"simulators": {"icarus": {"version": "11.0", **counts}}}
        content |= {"results": [{"simulator": "icarus", "block": "core", "seconds": 1.0, "error": None, **counts}]}
        RegressionRecord.of(content).write(own.regression)

    own = tmp_path_factory.mktemp("complete") / "copy"
    return Products(reported.config, Path(shutil.copytree(once("complete", make), own)))


#: Products that a report reads, and the arguments that make each anew.
READ = {
    "simulate.json": "simulate",
    "synth.json": "synth",
    "regress.json": "regress",
    "map.json": "map",
    "uncertainty.json": "uncertainty",
    "robustness.json": "robustness",
    "deterministic/simulate.json": "simulate --deterministic",
}


@pytest.fixture
def again(complete, tmp_path):
    """A copy of those products."""
    return Products(complete.config, Path(shutil.copytree(complete.directory, tmp_path / "again")))


def test_studies_and_mapping_are_sections(bayescim, again, quick):
    answer = bayescim("report", quick, "-o", again.directory)
    assert answer.code == 0, answer.err
    page = Page(again.report.read_text())
    words = " ".join("".join(page.words).split())
    for title in ("Uncertainty of tiny", "Robustness of tiny", "Mapping", "Regression"):
        assert title in words
    # Those of the report, six parts of uncertainty, one fault, the mapping.
    assert len(page.images) == 6 + 6 + 1 + 1
    inputs = json.loads(again.figures.read_text())["provenance"]["inputs"]
    for role, name in (
        ("mapping", "map.json"),
        ("uncertainty", "uncertainty.json"),
        ("twin", "deterministic/simulate.json"),
    ):
        assert inputs[role]["sha256"] == hashlib.sha256((again.directory / name).read_bytes()).hexdigest()
    for name in ("uncertainty.html", "robustness.html"):
        own = Page((again.directory / name).read_text())
        assert own.open == []
        assert own.images


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b"null", b"{}", b"{", b"[[[", b"\xff\xfe", b'{"provenance": null}', b"17"]
)
@pytest.mark.parametrize("name", READ)
def test_a_damaged_product_is_one_line(refused, again, quick, name, damage):
    path, before = again.directory / name, again.report.read_bytes()
    path.write_bytes(damage)
    line = refused("report", quick, "-o", again.directory)
    assert line.startswith(f"{path} ")
    assert f"run `bayescim {READ[name]}" in line
    assert again.report.read_bytes() == before


#: Inputs of each product; the mapping needs nothing but the configuration, and the uncertainty here is that of golden.
ROLES = {
    "simulate.json": {"program", "verilog", "checkpoint"},
    "synth.json": {"verilog"},
    "regress.json": {"program"},
    "map.json": set(),
    "uncertainty.json": {"program"},
    "robustness.json": {"program"},
    "deterministic/simulate.json": {"program", "verilog", "checkpoint"},
}


def test_products_name_their_inputs(complete):
    found = {name: json.loads((complete.directory / name).read_text())["provenance"]["inputs"] for name in READ}
    assert {name: set(inputs) for name, inputs in found.items()} == ROLES


@pytest.mark.parametrize("name", ["simulate.json", "synth.json", "regress.json", "map.json"])
def test_a_product_of_another_circuit_is_one_line(refused, again, quick, name):
    """Of the same network with another pipeline, or with other columns sensed at a time."""
    path = again.directory / name
    content = json.loads(path.read_text())
    assert content["provenance"]["circuit"] == again.config.circuit_hash
    content["provenance"]["circuit"] = "0" * 64
    path.write_text(to_json(content))
    line = refused("report", quick, "-o", again.directory)
    assert line.startswith(f"{path}: circuit must be {again.config.circuit_hash[:12]}… ")
    assert f"run `bayescim {READ[name]}" in line


@pytest.mark.parametrize(("name", "role"), [(name, role) for name, roles in ROLES.items() for role in sorted(roles)])
def test_a_product_of_another_input_is_one_line(refused, again, quick, name, role):
    path = again.directory / name
    content = json.loads(path.read_text())
    content["provenance"]["inputs"][role]["sha256"] = "0" * 64
    path.write_text(to_json(content))
    line = refused("report", quick, "-o", again.directory)
    assert line.startswith(f"{path}: {role} must be ")
    assert "not 000000000000…: run `bayescim " in line


def test_logits_of_another_run_are_one_line(refused, again, quick):
    shutil.copyfile(again.twin.logits, again.logits)
    line = refused("report", quick, "-o", again.directory)
    assert line.startswith(f"{again.logits} must be of the same simulation as {again.simulation}, and is not: run `")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"logits": None}, "must have the array logits, and has not"),
        ({"golden_logits": np.zeros((3, 2, 1), dtype=np.int32)}, "golden_logits must be integer of shape (40, 16, 10)"),
        ({"labels": np.full(INPUTS, 10)}, "labels must be classes, 0 to 9"),
        ({"labels": None}, "labels must be there for a data set"),
        ({"labels": np.zeros(INPUTS)}, "labels must be integer of shape (40,), not float64"),
        ({"weights": np.ones((INPUTS, 16), dtype=np.int64) * 2}, "weights must be counts that add up to 16 passes"),
        ({"float_logits": np.full((INPUTS, 16, 10), np.nan)}, "float_logits must be finite"),
        ({"more": np.zeros(3)}, "must have no array more"),
        ({"figures": None}, "must have the array figures, and has not"),
        ({"logits": np.array([{"a": 1}], dtype=object)}, "must be whole, and is not"),
        ({"logits": np.zeros(10**6)}, "must be whole, and is not"),
    ],
)
def test_damaged_logits_are_one_line(refused, again, quick, change, words):
    with np.load(again.logits) as file:
        arrays = {name: file[name] for name in file.files} | change
    np.savez_compressed(again.logits, **{name: array for name, array in arrays.items() if array is not None})
    line = refused("report", quick, "-o", again.directory)
    assert line.startswith(f"{again.logits}")
    assert words in line


@pytest.mark.parametrize("content", [b"", b"PK", b"\x93NUMPY", b"junk" * 99])
def test_logits_that_are_none_are_one_line(refused, again, quick, content):
    again.logits.write_bytes(content)
    line = refused("report", quick, "-o", again.directory)
    again_by = f"bayescim simulate {quick} -o {again.directory}"
    assert line == f"{again.logits} must be whole, and is not: run `{again_by}` again"


def test_another_training_is_noticed(bayescim, refused, again, quick):
    """Up to the last product of the old network."""
    output = ("-o", again.directory)
    assert bayescim("train", quick, *output, "--restart", "--seed", 5).code == 0
    assert refused("report", quick, *output).startswith(f"{again.simulation}: checkpoint must be ")
    for command in ("generate", "simulate"):
        line = refused(command, quick, *output)
        assert line.startswith(f"{again.program}: checkpoint must be ")
        assert f"run `bayescim lower {quick} -o {again.directory}` again" in line
    assert bayescim("lower", quick, *output).code == 0
    assert refused("report", quick, *output).startswith(f"{again.simulation}: program must be ")
    assert bayescim("generate", quick, *output).code == 0
    assert bayescim("simulate", quick, *output, "--inputs", INPUTS).code == 0
    # What was made of the old network is not of this one.
    line = refused("report", quick, *output)
    assert line.startswith(tuple(f"{again.directory / name}: " for name in READ if name != "simulate.json"))


def test_a_tile_tells_what_was_simulated(reported, numbers):
    """All tiles are of one number of passes."""
    labels = re.findall(r'<div class="card">.*?<span>(.*?)</span>', reported.report.read_text())
    told = [label for label in labels if "T = " in label]
    assert len(told) == 2
    assert all(label.endswith("T = 16") for label in told)
    with np.load(reported.logits) as file:
        winners = file["logits"].sum(axis=1).argmax(axis=1)
        assert numbers["correct"] == (winners == file["labels"]).sum()


def test_figures_are_the_same_every_time():
    def draw():
        return passes([1, 2, 4], [0.5, 0.6, 0.7], 0.6, title="accuracy", percent=True)

    assert to_svg(draw()) == to_svg(draw())
    assert to_png(draw()) == to_png(draw())


def test_reliability_draws_only_bins_with_inputs():
    figure = reliability([0.0, 0.8], [0.0, 0.9], [0, 5], [0.0, 0.5, 1.0], 0.1)
    upper, lower = figure.axes
    assert [bar.get_height() for bar in upper.patches] == [0.9]
    assert [bar.get_height() for bar in lower.patches] == [0, 5]
