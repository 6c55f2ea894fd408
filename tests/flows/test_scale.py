import json
import shutil
from pathlib import Path

from flows.chips_document import DOCUMENT as CHIPS
from flows.device_document import DOCUMENT as DEVICES
from flows.documents import BENCHMARKS, README, RESULTS, SCHEMES, render_costs
from flows.files import read_json
from flows.trained import TRAINED
from flows.uncertainty_document import DOCUMENT

ROOT = Path(__file__).parents[2]

INPUTS = 4


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
    assert read_json(products.scale, "bayescim bench scale") == found

    root = tmp_path / "checkout"
    shutil.copytree(ROOT / RESULTS, root / RESULTS)
    shutil.copytree(ROOT / TRAINED, root / TRAINED)
    for name in (README, BENCHMARKS, DOCUMENT, SCHEMES, CHIPS, DEVICES):
        shutil.copy(ROOT / name, root / name)
    answer = bayescim("document", products.scale, "--root", root)
    assert answer.code == 0, answer.err
    written = (root / BENCHMARKS).read_text()
    assert render_costs(root) in written
    assert f"| images × passes | {INPUTS} × {config.bayes.passes} |" in written
    assert (root / README).read_text() == (ROOT / README).read_text()


def test_inputs(refused, quick, tmp_path):
    assert refused("bench", "scale", quick, "-o", tmp_path, "--inputs", 0) == "inputs must be at least 1, not 0"
