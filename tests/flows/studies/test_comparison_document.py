"""Sections of docs/comparison.md compared with the model."""

import json
from pathlib import Path

import pytest

from flows.base.files import read_json
from flows.studies.comparison.constants import load_constants
from flows.studies.comparison.measured import LogicRecord
from flows.studies.comparison.options import Sweep
from flows.studies.comparison.study import evaluate, works_of
from flows.studies.page import RESULTS
from hdl.config import CoreConfig

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / RESULTS / "comparison").glob("*.json"))


def test_networks():
    assert {path.stem for path in FILES} >= {"digits", "fashion_512"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_figures_are_those_of_the_model(path):
    """From the gates that were counted, with the configuration and the constants as they are now."""
    kept = read_json(path, "bayescim compare")
    config, constants = CoreConfig.load(path.stem), load_constants()
    assert kept["provenance"]["config_hash"] == config.hash
    assert kept["constants"] == {name: each.model_dump() for name, each in constants.items()}
    sweep = Sweep(**kept["sweep"])
    works = works_of(config, sweep, kept["passes"])
    measured = LogicRecord.of({"measured": kept["logic"]}).measured
    again = json.loads(json.dumps(evaluate(config, works, measured, constants, sweep)))
    assert set(again) < set(kept)
    for name, value in again.items():
        _assert_close(value, kept[name])


#: Shares of samples: one that is on an edge may fall on either side of it.
_SHARES = ("shares", "above_one")


def _assert_close(one, other, name=""):
    """Machines may differ in the last digit that is kept."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            _assert_close(value, other[key], key)
    elif isinstance(one, list):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            _assert_close(first, second, name)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-4, abs=1e-3 if name in _SHARES else 0), name
    else:
        assert one == other, name
