import json
import math
from fractions import Fraction

import pytest

from hdl.config import CoreConfig, InputError, Measure, PredictiveConfig
from hdl.contract import Register, register_map
from hdl.results.predictive import exponential_table, surprise_table

from ..configurations import CONFIGURATIONS, PADDED, cases, predictive


def test_without_the_section_there_is_no_register():
    for config in CONFIGURATIONS:
        assert config.measures is None
        assert Register.UNKNOWN not in {entry.address for entry in register_map(config)}
        assert predictive(config).hash != config.hash


def test_every_field_is_in_the_hash():
    others = {
        "probability_bits": 5,
        "entropy_bits": 6,
        "difference_bits": 2,
        "measure": "expected-entropy",
        "threshold": 1,
    }
    assert others.keys() == PredictiveConfig.model_fields.keys()
    hashes = {predictive(PADDED, **{name: value}).hash for name, value in others.items()} | {predictive(PADDED).hash}
    assert len(hashes) == len(others) + 1


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ({"probability_bits": 3}, "predictive.probability_bits must be valid, not 3: "),
        ({"probability_bits": 17}, "predictive.probability_bits must be valid, not 17: "),
        ({"entropy_bits": 17}, "predictive.entropy_bits must be valid, not 17: "),
        ({"difference_bits": -1}, "predictive.difference_bits must be valid, not -1: "),
        ({"measure": "entropy"}, "predictive.measure must be valid, not 'entropy': "),
        ({"threshold": -0.5}, "predictive.threshold must be valid, not -0.5: "),
        ({"bits": 3}, "predictive.bits is not a known field (its value is 3)"),
    ],
)
def test_refusals(section, line):
    fields = "\n".join(f"{name} = {json.dumps(value)}" for name, value in section.items())
    text = f"""
        name = "refused"
        network = {{ inputs = 4, hidden = [4], classes = 3 }}
        array = {{ rows = 4, cols = 4, rows_per_read = 2 }}
        bayes = {{ p = [0.5] }}
        [predictive]
        {fields}
    """
    with pytest.raises(InputError) as error:
        CoreConfig.parse(text, "refused.toml")
    assert str(error.value).startswith(f"refused.toml: {line}")


def test_as_many_classes_as_there_are_bits_for():
    section = {"probability_bits": 16}
    network = {"inputs": 4, "hidden": [4], "classes": 2**13}
    config = PADDED.model_dump() | {"network": network, "bayes": {"p": [0.5]}, "ports": {}}
    config |= {"array": {"rows": 4, "cols": 4, "rows_per_read": 4}}
    assert CoreConfig.model_validate(config | {"predictive": section}).measures.reciprocal_bits == 60
    network["classes"] += 1
    with pytest.raises(ValueError, match=r"predictive.probability_bits must be at most 15 for 8193 classes, not 16"):
        CoreConfig.model_validate(config | {"predictive": section})


@pytest.mark.parametrize("config", cases([*map(predictive, CONFIGURATIONS), predictive(PADDED, probability_bits=12)]))
def test_widths_hold_what_they_must(config):
    measures = config.measures
    one = 2**measures.exponential_bits
    table = exponential_table(measures)
    assert table[0] == one < 2**measures.exponential_width
    assert measures.classes * one < 2**measures.total_width
    assert 2**measures.reciprocal_bits // one < 2**measures.reciprocal_width
    assert max(surprise_table(measures)) <= measures.surprise_max
    assert max(measures.entropy_max, 2**measures.probability_bits) < 2**measures.threshold_width - 1
    # The table ends where nothing is left, or where no index reaches.
    end = math.exp(-len(table) / 2**measures.step_bits) * one
    assert end < 0.5 or len(table) == measures.index_max + 1


@pytest.mark.parametrize("measure", Measure)
def test_thresholds(measure):
    measures = predictive(PADDED).measures
    bits = measures.probability_bits if measure is Measure.ERROR_PROBABILITY else measures.entropy_bits
    assert measures.threshold(measure, None) == 2**measures.threshold_width - 1 == measures.threshold(measure, 10**6)
    assert measures.threshold(measure, 0.25) == Fraction(1, 4) * 2**bits
    config = predictive(PADDED, measure=measure.value, threshold=0.25)
    (entry,) = (entry for entry in register_map(config) if entry.address == Register.UNKNOWN)
    assert {field.name: field.reset for field in entry.fields} == {
        "threshold": 2**bits // 4,
        "measure": measure.code,
    }
