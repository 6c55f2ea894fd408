"""The sections of docs/uncertainty.md and their pictures are those of the figures that the commands wrote."""

import json
import re
import shutil
from pathlib import Path

import pytest

from flows.chips_document import DOCUMENT as CHIPS
from flows.device_document import DOCUMENT as DEVICES
from flows.documents import BENCHMARKS, README, RESULTS, SCHEMES, document
from flows.files import read_json
from flows.schemes import scheme_config
from flows.trained import TRAINED
from flows.uncertainty_document import DOCUMENT, KINDS, pictures, render_kind
from hdl.config import CoreConfig, InputError

ROOT = Path(__file__).parents[1]
REPORTS = {kind: sorted((ROOT / RESULTS / kind).glob("*.json")) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_sections(kind):
    text = (ROOT / DOCUMENT).read_text()
    match = re.search(rf"<!-- {kind}:[^>]*-->\n\n(.*)\n<!-- end of {kind} -->", text, re.DOTALL)
    assert match, kind
    assert match[1] == render_kind(ROOT, kind)
    assert REPORTS[kind]


def test_pictures():
    drawn = pictures(ROOT)
    assert len(drawn) == sum(map(len, REPORTS.values()))
    for name, picture in drawn.items():
        assert (ROOT / "docs/pictures" / name).read_bytes() == picture(), name


@pytest.mark.parametrize("path", [path for paths in REPORTS.values() for path in paths], ids=lambda path: path.stem)
def test_reports_are_of_the_configurations_as_they_are(path):
    report = read_json(path, "bayescim document")
    config, (first, *_) = CoreConfig.load(path.stem), report.get("networks", [report])
    # A network of the comparison of methods is the named configuration with another one.
    config = config if first["method"] == config.bayes.method else scheme_config(config, first["method"])
    assert report["provenance"]["config_hash"] == config.hash
    if path.parent.name == "uncertainty":
        assert report["source"] == "golden" or (report["same_numbers"], report["equivalence"]["mismatches"]) == (
            True,
            0,
        )
    else:
        assert report["chips"] >= 20
    assert not re.search(r'"/[a-z]+/', path.read_text()), "a path of a machine"


@pytest.fixture
def checkout(tmp_path):
    root = tmp_path / "checkout"
    for directory in (RESULTS, TRAINED):
        shutil.copytree(ROOT / directory, root / directory)
    for name in (README, BENCHMARKS, DOCUMENT, SCHEMES, CHIPS, DEVICES):
        shutil.copy(ROOT / name, root / name)
    return root


def test_a_report_is_taken_over(checkout, tmp_path):
    """It replaces the one of its name, and only its section and picture change."""
    report = read_json(REPORTS["robustness"][0], "bayescim document")
    point = report["networks"][0]["faults"]["additive"][0]
    point["accuracy"] = {"mean": 0.12345, "deviation": 0.0123}
    changed = tmp_path / "robustness.json"
    changed.write_text(json.dumps(report))
    before = (checkout / DOCUMENT).read_text()
    document(checkout, [changed])
    after = (checkout / DOCUMENT).read_text()
    (line,) = set(after.splitlines()) - set(before.splitlines())
    assert "12.35% ± 1.23" in line or "12.34% ± 1.23" in line
    drawn = {name: (checkout / "docs/pictures" / name).read_bytes() for name in pictures(checkout)}
    same = [name for name, content in drawn.items() if (ROOT / "docs/pictures" / name).read_bytes() == content]
    assert len(same) == len(drawn) - 1


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"random_weights": True}, "report must be of trained networks, not of random weights (digits)"),
        ({"same_numbers": False}, "report must be of RTL that agrees with golden, not of 'digits', which does not"),
    ],
)
def test_what_is_not_taken_over(checkout, tmp_path, change, line):
    report = read_json(REPORTS["uncertainty"][0], "bayescim document") | change
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(report))
    before = (checkout / DOCUMENT).read_bytes()
    with pytest.raises(InputError) as error:
        document(checkout, [changed])
    assert str(error.value) == line
    assert (checkout / DOCUMENT).read_bytes() == before
