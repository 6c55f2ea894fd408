"""Columns sensed at a time in a configuration: derived values, refusals, and what they leave as it is."""

import numpy as np
import pytest

from golden.data import random_config
from hdl.config import CoreConfig, InputError
from hdl.config.geometries import geometry, variant
from hdl.core import Core
from hdl.verilog import to_verilog

from ..configurations import PADDED, SMALLEST

GROUPED = geometry("grouped")


def refused(config, **fields):
    """Return why ``config`` with other fields of its section `array` is refused, one line that begins with its name."""
    content = config.model_dump(mode="json")
    content["array"] |= fields
    with pytest.raises(InputError) as error:
        CoreConfig.from_document(content, config.name)
    (line,) = str(error.value).splitlines()
    return line.removeprefix(f"{config.name}: ")


def test_groups_follow_from_the_columns():
    first, second, last = GROUPED.layers
    assert GROUPED.cols_per_read == (2, 2, 2)
    assert [layer.column_folds for layer in GROUPED.layers] == [3, 3, 3]
    assert (first.outputs, first.col_tiles, first.column_groups, first.beat_outputs) == (7, 2, 3, 3)
    assert [first.beat_columns(group) for group in range(3)] == [(0, 1, 6), (2, 3, None), (4, 5, None)]
    assert (second.outputs, second.col_tiles, second.column_groups, second.beat_outputs) == (13, 3, 3, 5)
    assert (last.outputs, last.beat_outputs, last.beat_columns(2)) == (5, 2, (4, None))


@pytest.mark.parametrize("name", ["grouped", "grouped_maps", "grouped_pairs", "padded", "vgg"])
def test_every_output_is_in_one_beat(name):
    for layer in geometry(name).layers:
        columns = [each for group in range(layer.column_groups) for each in layer.beat_columns(group)]
        assert sorted(each for each in columns if each is not None) == list(range(layer.outputs))
        assert len(columns) == layer.column_groups * layer.beat_outputs
        assert layer.beats == layer.vectors * layer.column_groups


def test_layers_may_differ():
    maps = geometry("grouped_maps")
    assert maps.cols_per_read == (2, 2, 4)
    assert [layer.column_groups for layer in maps.layers] == [2, 2, 1]


@pytest.mark.parametrize(
    ("config", "fields", "line"),
    [
        (PADDED, {"cols_per_read": 3}, "array.cols must be a multiple of cols_per_read (3), not 4"),
        (PADDED, {"cols_per_read": 8}, "array.cols must be a multiple of cols_per_read (8), not 4"),
        (
            PADDED,
            {"cols_per_read": 0},
            "array.cols_per_read must be valid, not 0: Input should be greater than or equal to 2",
        ),
        (
            PADDED,
            {"cols_per_read": 1},
            "array.cols_per_read must be valid, not 1: Input should be greater than or equal to 2",
        ),
        (
            PADDED,
            {"cols_per_read": -2},
            "array.cols_per_read must be valid, not -2: Input should be greater than or equal to 2",
        ),
        (PADDED, {"cols_per_read": 2.0}, "array.cols_per_read must be valid, not 2.0: Input should be a valid integer"),
        (PADDED, {"cols_per_read": "2"}, "array.cols_per_read must be valid, not '2': Input should be a valid integer"),
        (PADDED, {"column_folding": [2, 3, 4]}, "array.cols must be a multiple of column_folding (3), not 4"),
        (PADDED, {"column_folding": [2, 4]}, "array.column_folding must have 3 values or none, not 2"),
        (
            PADDED,
            {"column_folding": [2, 0, 4]},
            "array.column_folding.1 must be valid, not 0: Input should be greater than or equal to 2",
        ),
        (geometry("macro"), {"cols_per_read": 2}, "array.cols_per_read must be 4 or omitted with macros, not 2"),
        (
            geometry("padded_prefix"),
            {"cols_per_read": 2},
            "array.cols_per_read must be 4 or omitted where bayes.order is 'prefix', not 2",
        ),
        (
            geometry("padded_prefix"),
            {"column_folding": [4, 4, 2]},
            "array.column_folding must be 4 or omitted where bayes.order is 'prefix', not 2",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, CoreConfig) else str(value),
)
def test_refusals_name_the_field_and_what_is_allowed(config, fields, line):
    assert refused(config, **fields) == line


@pytest.mark.parametrize(
    "name",
    ["smallest", *(pytest.param(each, marks=pytest.mark.slow) for each in ("tiny", "padded", "affine_maps", "drawn"))],
)
def test_all_columns_are_the_default(name):
    """The same Verilog, and the same files: the fields are not in them."""
    config = geometry(name)
    cols = config.array.cols
    array = config.array.model_copy(update={"cols_per_read": cols, "column_folding": (cols,) * len(config.layers)})
    explicit = config.model_copy(update={"array": array})
    assert to_verilog(Core(explicit), name) == to_verilog(Core(config), name)
    assert not {"cols_per_read", "column_folding"} & set(config.model_dump()["array"])
    assert CoreConfig.model_validate_json(explicit.model_dump_json()) == explicit


def test_any_program_fits():
    """The columns are no part of the hash."""
    assert GROUPED.array.cols_per_read == 2
    assert variant("grouped", "grouped", array={"cols_per_read": 3}).hash == GROUPED.hash
    assert variant("grouped", "grouped", array={"column_folding": [2, 3, 6]}).hash == GROUPED.hash
    assert variant("grouped", "grouped", array={"rows_per_read": 2}).hash != GROUPED.hash
    assert variant("grouped", "grouped", array={"cols_per_read": 3}).circuit_hash != GROUPED.circuit_hash


def test_random_configurations_have_groups():
    rng = np.random.default_rng(5)
    drawn = [random_config(rng) for _ in range(60)]
    folds = {layer.column_folds for config in drawn for layer in config.layers}
    assert {1, 2, 3, 4} <= folds
    assert any(config.array.column_folding for config in drawn)
    assert any(None in layer.beat_columns(layer.column_groups - 1) for config in drawn for layer in config.layers)
    assert SMALLEST.layers[0].column_folds == 1
