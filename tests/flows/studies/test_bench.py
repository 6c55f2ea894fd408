import json
import shutil
from pathlib import Path

import pytest

from flows.base.files import read_json
from flows.documents import find_pages
from flows.studies.bench.study import STUDY
from flows.studies.page import RESULTS

ROOT = Path(__file__).parents[3]

INPUTS = 4


def test_golden(bayescim, products, quick):
    answer = bayescim("bench", "golden", quick, "-o", products.directory, "--json")
    assert (answer.code, answer.err) == (0, "")
    (found,) = json.loads(answer.out)["comparisons"]
    assert found["passes"] == 16
    assert found["agreement"] > 0.95
    assert found["speedup"]["median"] > 0


@pytest.mark.slow
@pytest.mark.usefixtures("icarus")
def test_simulate(bayescim, products, quick):
    answer = bayescim("bench", "simulate", quick, "-o", products.directory, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert found["native"]["bit_macs_per_second"] > 0
    assert found["cocotb_icarus"]["inputs"] == 2
    assert found["speedup"] == found["native"]["inputs_per_second"] / found["cocotb_icarus"]["inputs_per_second"]
    # Compilation beats interpretation even on the smallest core and a busy machine.
    assert found["speedup"] > 10
    answer = bayescim("bench", "simulate", quick, "-o", products.directory)
    assert "speed-up" in answer.out


@pytest.mark.slow
def test_what_a_core_costs(bayescim, products, quick, tmp_path):
    answer = bayescim("bench", "scale", quick, "-o", products.directory, "--inputs", INPUTS, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    config = products.config
    assert found["weights"] == sum(layer.inputs * layer.outputs for layer in config.layers)
    assert found["bit_macs_per_pass"] == sum(layer.inputs * layer.outputs for layer in config.layers[1:])
    assert found["equivalence"]["mismatches"] == 0
    assert found["equivalence"]["compared"] == INPUTS * config.bayes.passes * config.network.classes
    for step in ("generate", "build"):
        assert found[step]["seconds"] > 0
        # An interpreter alone takes some; more than a machine has would be another unit.
        assert 2**23 < found[step]["peak_bytes"] < found["machine"]["memory_bytes"]
    assert found["verilog_bytes"] > 0
    assert found["loading_seconds"] > 0
    assert read_json(products.directory / "scale.json", "bayescim bench scale") == found

    root = tmp_path / "checkout"
    shutil.copytree(ROOT / RESULTS, root / RESULTS)
    shutil.copytree(ROOT / "examples/trained", root / "examples/trained")
    for page in find_pages():
        shutil.copy(ROOT / page.path, root / page.path)
    answer = bayescim("document", products.directory / "scale.json", "--root", root)
    assert answer.code == 0, answer.err
    written = (root / STUDY.document).read_text()
    assert STUDY.page.sections(root)["scale"] in written
    assert f"| images × passes | {INPUTS} × {config.bayes.passes} |" in written
    assert (root / "README.md").read_text() == (ROOT / "README.md").read_text()


def test_inputs(refused, quick, tmp_path):
    assert refused("bench", "scale", quick, "-o", tmp_path, "--inputs", 0) == "inputs must be at least 1, not 0"
