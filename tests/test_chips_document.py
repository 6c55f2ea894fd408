"""The section of docs/bayes2imc.md and its pictures are those of the figures that the command wrote."""

import re
from pathlib import Path

import pytest

from flows.chips_document import DIRECTORY, DOCUMENT, file_name, pictures, render_chips
from flows.files import read_json
from hdl.config import CoreConfig

ROOT = Path(__file__).parents[1]
REPORTS = sorted((ROOT / DIRECTORY).glob("*.json"))


def test_section():
    match = re.search(r"<!-- chips:[^>]*-->\n\n(.*)\n<!-- end of chips -->", (ROOT / DOCUMENT).read_text(), re.DOTALL)
    assert match
    assert match[1] == render_chips(ROOT)
    assert REPORTS


def test_pictures():
    drawn = pictures(ROOT)
    assert len(drawn) == len(REPORTS)
    for name, picture in drawn.items():
        assert (ROOT / "docs/pictures" / name).read_bytes() == picture(), name


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_reports_are_of_the_configurations_as_they_are(path):
    report = read_json(path, "bayescim document")
    assert report["provenance"]["config_hash"] == CoreConfig.load(report["name"]).hash
    assert path.name == file_name(report)
    assert report["chips"] >= 20
    assert report["weights"]["undecided"] > 0.3, "Bayesian in name only"
    assert not re.search(r'"/[a-z]+/', path.read_text()), "a path of a machine"
