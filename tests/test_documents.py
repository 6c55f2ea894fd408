"""The figures in the documents are those that the commands wrote."""

import hashlib
import re
from pathlib import Path

import pytest

from cocotb_tests.mutants import MUTANTS
from flows.documents import (
    BENCHMARKS,
    EXACT,
    EXACT_RESULTS,
    OVERHEAD_RESULTS,
    README,
    REGISTERS,
    RESULTS,
    SCHEMES,
    SCHEMES_RESULTS,
    render,
    render_comparison,
    render_costs,
    render_overhead,
    render_registers,
)
from flows.exact_picture import draw_exact
from flows.exact_tables import agrees, render_exact
from flows.files import read_json
from flows.mapping import map_core
from flows.mapping_picture import draw_mapping
from flows.mapping_tables import to_markdown
from flows.pictures import to_svg
from flows.prove import bounded, choose, method
from flows.sections import replace_section
from flows.self_test_table import render_limits
from flows.trained import TRAINED, render_trained
from hdl.config import CoreConfig, InputError
from hdl.program import Program

ROOT = Path(__file__).parents[1]


def section(path, name):
    match = re.search(rf"<!-- {name}:[^>]*-->\n\n(.*)\n<!-- end of {name} -->", path.read_text(), re.DOTALL)
    assert match, f"{path.name} has no section {name}"
    return match[1]


def test_readme_shows_the_results():
    assert section(ROOT / README, "results") == render(ROOT)


def test_the_benchmarks_show_what_cores_cost():
    assert section(ROOT / BENCHMARKS, "scale") == render_costs(ROOT)


def test_the_trained_networks_are_described():
    assert section(ROOT / TRAINED / README, "trained") == render_trained(ROOT)


@pytest.mark.parametrize("path", sorted((ROOT / TRAINED).glob("*/*.npz")), ids=lambda path: path.stem)
def test_trained_networks_are_of_the_configurations_as_they_are(path):
    """And what is said of them is said of these weights."""
    config = CoreConfig.load(path.parent.name)
    Program.load(path, config)
    simulated = read_json(path.with_name("simulate.json"), "bayescim simulate")
    assert simulated["program"] == hashlib.sha256(path.read_bytes()).hexdigest()
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


@pytest.mark.parametrize("path", sorted((ROOT / EXACT_RESULTS).glob("*.json")), ids=lambda path: path.stem)
def test_the_exact_mode_is_described(path):
    """With the figures of a run in which everything agreed, and the picture of them."""
    result = read_json(path, "bayescim document")
    assert result["provenance"]["config_hash"] == CoreConfig.load(path.stem).hash
    assert agrees(result)
    assert all(each["equivalence"]["compared"] > 0 for each in (*result["rows"], result["long_run"]))
    picture = f"pictures/exact_{path.stem}.svg"
    assert section(ROOT / EXACT, f"exact {path.stem}") == render_exact(result, picture)
    assert (ROOT / "docs" / picture).read_bytes() == to_svg(draw_exact(result))


def test_the_schemes_are_compared():
    """With the figures that are kept, of the networks as they are, and no bit different."""
    assert section(ROOT / SCHEMES, "schemes") == render_comparison(ROOT)
    for path in sorted((ROOT / SCHEMES_RESULTS).glob("*.json")):
        result = read_json(path, "bayescim schemes")
        assert result["provenance"]["config_hash"] == CoreConfig.load(result["network"]).hash
        simulations = [each["simulation"]["equivalence"] for each in result["schemes"] if each["simulation"]]
        assert simulations
        assert all(each["mismatches"] == each["statistics_mismatches"] == 0 < each["compared"] for each in simulations)


def test_the_overhead_is_described():
    """Of the cores as they are, at three sizes at least."""
    assert section(ROOT / SCHEMES, "overhead") == render_overhead(ROOT)
    for path in (ROOT / OVERHEAD_RESULTS).glob("*.json"):
        result = read_json(path, "bayescim overhead")
        assert result["provenance"]["config_hash"] == CoreConfig.load(result["name"]).hash
        assert len({size["weights"] for size in result["overhead"]}) >= 3


def test_the_registers_are_described():
    assert (ROOT / REGISTERS).read_text() == render_registers()


@pytest.mark.parametrize("path", sorted((ROOT / RESULTS).glob("*.json")), ids=lambda path: path.stem)
def test_results_are_of_the_configurations_as_they_are(path):
    result = read_json(path, "bayescim document")
    assert result["provenance"]["config_hash"] == CoreConfig.load(path.stem).hash
    assert result["equivalence"]["mismatches"] == 0 < result["equivalence"]["compared"]
    assert all(each["failed"] == 0 < each["tests"] for each in result["regression"].values())


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


def test_a_section_is_replaced_alone():
    text = "before\n<!-- x: by a command -->\n\nold\n\n<!-- end of x -->\nafter\n"
    assert replace_section(text, "x", "new\n") == text.replace("old\n", "new\n")


def test_a_missing_section_is_refused():
    with pytest.raises(InputError, match=r"^document must have a section 'y' between its two comments$"):
        replace_section("nothing", "y", "new")
