"""Documented constants and measurements of the device models."""

import re
from pathlib import Path

import pytest
import torch

from flows.base.files import read_json
from flows.studies.devices.show import passed
from flows.studies.devices.study import STUDY
from flows.studies.page import RESULTS
from golden.devices import COLUMNS, devices

ROOT = Path(__file__).parents[1]
RESULT = ROOT / RESULTS / "devices/devices.json"
DOCUMENT = ROOT / STUDY.document


def test_the_moments_are_those_that_were_measured():
    result = read_json(RESULT, "bayescim document")
    assert [each["name"] for each in result["devices"]] == list(devices())
    assert passed(result)
    assert all(row["judged"] for each in result["devices"] for row in each["moments"])
    assert all(each["moments"] for each in result["devices"])
    assert sorted(STUDY.page.pictures(ROOT)) == [f"device_{name}.svg" for name in devices()]


def test_formulas_were_evaluated_with_the_constants_as_they_are():
    """So that no constant changes behind the tables' back."""
    result = read_json(RESULT, "bayescim document")
    for each in result["devices"]:
        model = devices()[each["name"]]
        for row in each["moments"]:
            moments = model.moments(torch.tensor(row["target"], dtype=torch.float64), row["seconds"])
            values = {
                "mean": moments.mean,
                "deviation": moments.deviation,
                "read deviation": moments.read_deviation,
            }
            assert float(values[row["quantity"]]) == pytest.approx(row["formula"], rel=1e-9, abs=1e-12)


def test_the_example_runs():
    (code,) = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    names = {}
    exec(code, names)  # noqa: S102, our own document
    assert names["cells"].seconds == 3600
    assert names["levels"].shape == (256,)


def test_every_model_is_described():
    text = DOCUMENT.read_text()
    assert all(f"**`{name}`**" in text for name in devices())
    assert ",".join(COLUMNS) in text
