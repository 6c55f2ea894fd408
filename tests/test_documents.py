"""Figures in the documents compared with the commands' results."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from cocotb_tests.mutants.mutants import MUTANTS
from flows.base.files import read_json
from flows.base.pictures import to_svg
from flows.base.sections import replace_section
from flows.documents import document, find_pages
from flows.documents.campaigns import DIRECTORY
from flows.documents.faults import FAULTS_DIRECTORY
from flows.documents.rooms import PACKAGES
from flows.documents.vectors import VECTORS
from flows.mapping.mapping import map_core
from flows.mapping.mapping_picture import draw_mapping
from flows.mapping.mapping_tables import to_markdown
from flows.studies.exact.show import agrees
from flows.studies.page import PICTURES, RESULTS
from flows.studies.randomness.self_test_table import render_limits
from flows.studies.result_kind import kind_of
from flows.verify.campaign_record import CampaignRecord
from flows.verify.faults_record import FaultsRecord
from flows.verify.prove import bounded, choose, method
from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config import CoreConfig, InputError
from hdl.contract import Program
from hdl.verilog import to_verilog

ROOT = Path(__file__).parents[1]
PAGES = find_pages()


def section(path, name):
    match = re.search(rf"<!-- {name}:[^>]*-->\n\n(.*)\n<!-- end of {name} -->", path.read_text(), re.DOTALL)
    assert match, f"{path.name} has no section {name}"
    return match[1]


@pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: "-".join([page.path.stem, *(kind.command for kind in page.kinds)])
)
def test_pages(page):
    """Sections and pictures are those of the figures that the checkout keeps."""
    sections = page.sections(ROOT)
    assert sections
    for name, text in sections.items():
        assert section(ROOT / page.path, name) == text, name
    for name, draw in page.pictures(ROOT).items():
        assert f"(pictures/{name})" in (ROOT / page.path).read_text()
        assert (ROOT / PICTURES / name).read_bytes() == draw(), name


@pytest.mark.parametrize("path", sorted((ROOT / RESULTS).rglob("*.json")), ids=lambda path: path.stem)
def test_a_result_is_of_one_kind(path):
    """And is where results of that kind are."""
    result = read_json(path, "bayescim document")
    (kind,) = (kind for page in PAGES for kind in page.kinds if kind.member in result)
    assert path == ROOT / RESULTS / kind.path(result)
    assert not re.search(r'"/[a-z]+/', path.read_text()), "a path of a machine"


def test_another_file_is_of_no_kind():
    kinds = [kind for page in PAGES for kind in page.kinds]
    for content in ({}, {"losses": []}, [], 3):
        with pytest.raises(InputError, match=r"^report must be a result of bayescim .*, demo, not another file$"):
            kind_of(content, kinds)


@pytest.mark.parametrize("path", sorted((ROOT / "examples/trained").glob("*/*.npz")), ids=lambda path: path.stem)
def test_trained_networks_are_of_the_configurations_as_they_are(path):
    """And what is said of them is said of these weights."""
    config = CoreConfig.load(path.parent.name)
    Program.load(path, config)
    simulated = read_json(path.with_name("simulate.json"), "bayescim simulate")
    assert simulated["provenance"]["inputs"]["program"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert simulated["equivalence"]["mismatches"] == 0 < simulated["equivalence"]["compared"]
    training = read_json(path.with_name("training.json"), "bayescim train")
    assert training["provenance"]["config_hash"] == config.hash
    assert (training["training"], len(training["losses"])) == (config.training.model_dump(), config.training.epochs)


@pytest.mark.parametrize("name", ["fashion_cnn", "vgg_small", "vgg"])
def test_the_mappings_are_those_of_the_configurations(name):
    """And so is the picture beside them."""
    mapping = map_core(CoreConfig.load(name))
    picture = f"pictures/map_{name}.svg"
    assert section(ROOT / "docs/mapping.md", f"map {name}") == to_markdown(mapping, picture)
    assert (ROOT / "docs" / picture).read_bytes() == to_svg(draw_mapping(mapping))


def test_the_limits_of_the_self_test_are_those_of_the_configurations():
    assert section(ROOT / "docs/randomness.md", "self-test") == render_limits()


@pytest.mark.parametrize("path", sorted((ROOT / RESULTS / "exact").glob("*.json")), ids=lambda path: path.stem)
def test_the_exact_mode_is_described(path):
    """With the figures of a run in which everything agreed."""
    result = read_json(path, "bayescim document")
    assert result["provenance"]["config_hash"] == CoreConfig.load(path.stem).hash
    assert agrees(result)
    assert all(each["equivalence"]["compared"] > 0 for each in (*result["rows"], result["long_run"]))


def test_the_schemes_are_compared():
    """On the networks as they are, and no bit different."""
    for path in sorted((ROOT / RESULTS / "schemes").glob("*.json")):
        result = read_json(path, "bayescim schemes")
        assert result["provenance"]["config_hash"] == CoreConfig.load(result["network"]).hash
        simulations = [each["simulation"]["equivalence"] for each in result["schemes"] if each["simulation"]]
        assert simulations
        assert all(each["mismatches"] == each["statistics_mismatches"] == 0 < each["compared"] for each in simulations)


def test_the_overhead_is_described():
    """Of the cores as they are, at three sizes at least."""
    for path in (ROOT / RESULTS / "overhead").glob("*.json"):
        result = read_json(path, "bayescim overhead")
        assert result["provenance"]["config_hash"] == CoreConfig.load(result["name"]).hash
        assert len({size["weights"] for size in result["overhead"]}) >= 3


def test_groups_of_columns_are_described():
    """Of the cores as they are; fewer columns at a time take more cycles and fewer cells."""
    paths = sorted((ROOT / RESULTS / "fits").glob("*.json"))
    assert {path.stem for path in paths} >= {"tiny", "digits"}
    for path in paths:
        result = read_json(path, "bayescim fits")
        config = CoreConfig.load(result["name"])
        assert result["provenance"]["config_hash"] == config.hash
        cycles = [each["cycles_per_input"] for each in result["groupings"]]
        assert cycles == sorted(cycles, reverse=True)
        assert result["cols"] == config.array.cols
        *fewer, most = result["groupings"]
        for target, cells in most["cells"].items():
            assert all(each["cells"][target]["LUTs"] < cells["LUTs"] for each in fewer)
            assert all(each["cells"][target]["flip-flops"] < cells["flip-flops"] for each in fewer)


@pytest.mark.parametrize("path", sorted((ROOT / RESULTS).glob("*.json")), ids=lambda path: path.stem)
def test_results_are_of_the_configurations_as_they_are(path):
    result = read_json(path, "bayescim document")
    assert result["provenance"]["config_hash"] == CoreConfig.load(path.stem).hash
    assert result["equivalence"]["mismatches"] == 0 < result["equivalence"]["compared"]
    assert all(each["failed"] == 0 < each["tests"] for each in result["regression"].values())


def test_chips_of_macros_are_those_of_golden():
    """On the example as it is: fresh, and aged with and without calibration, the same chips each time."""
    config = CoreConfig.load(ROOT / "examples/digits_pcm.toml")
    chips = {}
    for path in sorted((ROOT / RESULTS / "engines").glob("digits_pcm_chip*.json")):
        result = read_json(path, "bayescim document")
        assert result["provenance"]["config_hash"] == config.hash
        assert result["inputs"] >= 50
        assert result["passes"] >= 8
        found = result["equivalence"]
        assert found["mismatches"] == found["statistics_mismatches"] == 0 < found["compared"]
        chip = result["chip"]
        chips.setdefault((chip["age"], chip["calibrated"]), set()).add(chip["chip"])
    assert len(chips) == 5
    assert len(min(chips.values(), key=len)) >= 4


@pytest.mark.parametrize("path", sorted((ROOT / DIRECTORY).glob("*.json")), ids=lambda path: path.stem)
def test_mutants_are_those_of_the_core_as_it_is(path):
    """And the page names the command and the file."""
    found = CampaignRecord.read(path, "bayescim campaign")
    config = CoreConfig.load(path.stem)
    assert found.provenance.config_hash == config.hash
    verilog = to_verilog(AxiCore(config, None), config.name)
    assert found.verilog == hashlib.sha256(verilog.encode()).hexdigest(), f"run `{found.command} -o {path}` again"
    assert found.score == found.killed / (found.mutants - found.equal)
    assert found.contradictions == []
    text = (ROOT / "docs/verification.md").read_text()
    assert f"| `{found.command}` |" in section(ROOT / "docs/verification.md", "campaigns")
    assert f"({DIRECTORY.name}/{path.name})" in text


def test_the_engines_are_compared():
    """On the core as it is, the same Verilog and the same Program, and no bit different."""
    kept = [read_json(path, "bayescim simulate") for path in sorted((ROOT / RESULTS / "engines").glob("*.json"))]
    found = [each for each in kept if each.get("chip") is None]
    assert {each["simulator"]["engine"] for each in found} == {"lanes", "verilator"}
    for each in found:
        assert each["provenance"]["config_hash"] == CoreConfig.load(each["provenance"]["config_name"]).hash
        assert each["equivalence"]["mismatches"] == 0 < each["equivalence"]["compared"]
        assert each["equivalence"]["statistics_mismatches"] == 0 < each["equivalence"]["compared_statistics"]
        same = [other for other in found if other["provenance"]["config_name"] == each["provenance"]["config_name"]]
        assert len(same) == 4
        for name in ("provenance", "random_pixels", "inputs", "passes"):
            assert each[name] == same[0][name], name


@pytest.mark.parametrize("path", sorted((ROOT / FAULTS_DIRECTORY).glob("*.json")), ids=lambda path: path.stem)
def test_faults_are_those_of_the_core_as_it_is(path):
    found = FaultsRecord.read(path, "bayescim faults")
    config = CoreConfig.load(path.stem)
    assert found.provenance.config_hash == config.hash
    program = random_program(config, np.random.default_rng(found.seed))
    verilog = to_verilog(AxiCore(config, program), config.name)
    assert found.verilog == hashlib.sha256(verilog.encode()).hexdigest(), f"run `{found.command} -o {path}` again"
    assert f"| `{found.command}` |" in section(ROOT / "docs/verification.md", "faults")


def test_there_is_a_campaign():
    assert list((ROOT / DIRECTORY).glob("*.json"))
    assert list((ROOT / FAULTS_DIRECTORY).glob("*.json"))


def test_every_bug_is_documented_with_the_test_that_caught_it():
    rows = section(ROOT / "docs/verification.md", "mutants").splitlines()[2:]
    assert [row.split(" | ")[:2] for row in rows] == [[f"| `{each.block}`", each.bug] for each in MUTANTS]
    for row in rows:
        assert not row.endswith("| — | — |"), row


def test_every_proof_is_documented_and_proved():
    rows = section(ROOT / "docs/verification.md", "proofs").splitlines()[2:]
    expected = [[f"| `{each.block}`", each.claim, each.sizes, method(each), bounded(each)] for each in choose()]
    assert [row.split(" | ")[:5] for row in rows] == expected
    for row in rows:
        assert re.search(r" \| \d+\.\d \| proved \|$", row), row


@pytest.fixture
def checkout(tmp_path):
    """The documents and results of this one."""
    root = tmp_path / "checkout"
    for page in PAGES:
        (root / page.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / page.path, root / page.path)
    for directory in (RESULTS, VECTORS, DIRECTORY, FAULTS_DIRECTORY):
        shutil.copytree(ROOT / directory, root / directory)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (ROOT / "examples/trained").glob("*/*.json"):
        (root / path.relative_to(ROOT).parent).mkdir(exist_ok=True)
        shutil.copy(path, root / path.relative_to(ROOT))
    return root


def texts(root):
    return {page.path: (root / page.path).read_text() for page in PAGES}


def test_a_report_is_taken_over(checkout, tmp_path):
    """It replaces the one of its name, and only its section and picture change."""
    (path,) = (checkout / RESULTS / "robustness").glob("digits.json")
    report = read_json(path, "bayescim document")
    report["networks"][0]["faults"]["additive"][0]["accuracy"] = {"mean": 0.12345, "deviation": 0.0123}
    changed = tmp_path / "robustness.json"
    changed.write_text(json.dumps(report))
    before = texts(checkout)
    assert document(checkout, [changed]) == checkout / "README.md"
    after = texts(checkout)
    assert [path.stem for path in after if after[path] != before[path]] == ["uncertainty"]
    (line,) = set(after[path_of("uncertainty")].splitlines()) - set(before[path_of("uncertainty")].splitlines())
    assert "12.35% ± 1.23" in line or "12.34% ± 1.23" in line
    drawn = {path.name: path.read_bytes() for path in (checkout / PICTURES).glob("*.svg")}
    assert drawn.keys() == {name for page in PAGES for name in page.pictures(ROOT)}
    assert [name for name, content in drawn.items() if (ROOT / PICTURES / name).read_bytes() != content] == [
        "robustness_digits.svg"
    ]


def path_of(stem):
    (path,) = {page.path for page in PAGES if page.path.stem == stem}
    return path


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"random_weights": True}, "report must be of a trained network, not of random weights (digits)"),
        ({"same_numbers": False}, "report must be of RTL that agrees with golden, not of 'digits', which does not"),
    ],
)
def test_what_is_not_taken_over(checkout, tmp_path, change, line):
    report = read_json(checkout / RESULTS / "uncertainty/digits.json", "bayescim document") | change
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(report))
    before = texts(checkout)
    with pytest.raises(InputError) as error:
        document(checkout, [changed])
    assert str(error.value) == line
    assert texts(checkout) == before


def test_a_section_is_replaced_alone():
    text = "before\n<!-- x: by a command -->\n\nold\n\n<!-- end of x -->\nafter\n"
    assert replace_section(text, "x", "new\n") == text.replace("old\n", "new\n")


def test_a_missing_section_is_refused():
    with pytest.raises(InputError, match=r"^document must have a section 'y' between its two comments$"):
        replace_section("nothing", "y", "new")
