"""Reports shown in docs/bayes2imc.md.

They are of the configurations, Bayesian, and of many chips.
"""

from pathlib import Path

import pytest

from flows.base.files import read_json
from flows.studies.page import RESULTS
from hdl.config import CoreConfig

ROOT = Path(__file__).parents[1]
REPORTS = sorted((ROOT / RESULTS / "chips").glob("*.json"))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_reports_are_of_the_configurations_as_they_are(path):
    report = read_json(path, "bayescim document")
    name = report["name"]
    config = CoreConfig.load(name if name in CoreConfig.names() else ROOT / "examples" / f"{name}.toml")
    assert report["provenance"]["config_hash"] == config.hash
    assert report["chips"] >= 20
    assert report["weights"]["undecided"] > 0.3, "Bayesian in name only"
