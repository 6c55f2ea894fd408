"""Golden agrees with the test vectors of docs/numerics.md, and their second implementation owes nothing to it."""

import ast
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from flows.documents.vectors import CASES, REGISTERS, VECTORS, case_runs, register_vectors, write_vectors
from golden.model import core_model
from hdl.config import CoreConfig, Measure
from hdl.contract import Program

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / VECTORS).glob("*.npz"))

#: What a second implementation may use.
ALLOWED = {"numpy", "pytest", *sys.stdlib_module_names}

#: A citation of a section of the page, and a heading.
CITATION = re.compile(r"numerics\.md#([\w-]+)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)

TEXTS = [
    path
    for folder in ("docs", "driver", "flows", "golden", "hdl", "cocotb_tests", "tests")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".md", ".py")
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_makes_the_vectors(path):
    vectors = json.loads(path.with_suffix(".json").read_text())
    config = CoreConfig.from_document(vectors["configuration"])
    program = Program.load(path, config)
    pixels = np.array(vectors["inputs"])
    assert list(config.stochastic.seeds(program.seed)) == vectors["unit_seeds"]
    assert json.loads(json.dumps(case_runs(program, pixels))) == vectors["runs"]
    if not config.passes_weighted:
        # What is arranged for speed, too.
        (run,) = vectors["runs"]
        logits = core_model(program).logits(pixels)
        assert logits.flatten(end_dim=1).tolist() == [each["logits"] for each in run["passes"]]


def test_registers():
    assert json.loads((ROOT / VECTORS / f"{REGISTERS}.json").read_text()) == register_vectors()


def test_the_files_are_those_that_are_made(tmp_path):
    """But for the compression of the archives, which is not the same with every library."""
    write_vectors(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in (ROOT / VECTORS).iterdir()}
    assert {path.stem for path in FILES} == set(CASES)
    for path in tmp_path.glob("*.json"):
        assert path.read_bytes() == (ROOT / VECTORS / path.name).read_bytes(), path.name
    for path in tmp_path.glob("*.npz"):
        with np.load(path) as made, np.load(ROOT / VECTORS / path.name) as kept:
            assert made.files == kept.files
            assert all((made[name] == kept[name]).all() for name in made.files), path.name


def test_the_second_implementation_imports_nothing_of_ours():
    tree = ast.parse((ROOT / "tests/test_numerics_vectors.py").read_text())
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."])
    }
    assert imported
    assert imported <= ALLOWED


def test_a_small_threshold_makes_everything_unknown():
    """It is rounded half to even, so half a step is 0, and no measure is less."""
    config = CoreConfig.from_document(json.loads((ROOT / VECTORS / "scale_dropout.json").read_text())["configuration"])
    measures, step = config.measures, 2.0**-8
    for measure in Measure:
        assert [measures.threshold(measure, steps * step) for steps in (0.5, 0.75, 1.5, 2.5)] == [0, 1, 2, 2]
        assert measures.threshold(measure, None) == 2**measures.threshold_width - 1


def anchor(heading):
    """Return the anchor of a heading: lower case, without punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_cited_sections_are_there():
    """Also those that the page itself refers to."""
    page = ROOT / "docs/numerics.md"
    anchors = {anchor(heading) for heading in HEADING.findall(page.read_text())}
    own = re.findall(r"\]\(#([^)]+)\)", page.read_text())
    cited = {(path, name) for path in TEXTS for name in CITATION.findall(path.read_text())}
    assert own
    assert cited
    missing = [(str(path), name) for path, name in cited if name not in anchors]
    assert missing == [] == [name for name in own if name not in anchors]
