"""Reports shown in docs/uncertainty.md.

They are of the configurations, of many chips, and of RTL that agrees.
"""

from pathlib import Path

import pytest

from flows.base.files import read_json
from flows.studies.page import RESULTS
from flows.studies.schemes.study import scheme_config
from hdl.config import CoreConfig

ROOT = Path(__file__).parents[1]
REPORTS = sorted(path for kind in ("uncertainty", "robustness") for path in (ROOT / RESULTS / kind).glob("*.json"))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
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
