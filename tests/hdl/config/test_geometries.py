"""The catalogue of small configurations."""

import pytest

from hdl.config import CoreConfig
from hdl.config.geometries import GEOMETRIES, PARTS, geometry, variant


def test_one_name_is_one_configuration():
    names = [each["name"] for part in PARTS for each in part.GEOMETRIES]
    assert sorted(names) == sorted(GEOMETRIES)
    assert set(names).isdisjoint(CoreConfig.names())
    contents = [each.model_copy(update={"name": "any"}) for each in map(geometry, names)]
    assert all(contents.count(each) == 1 for each in contents)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_every_configuration_is_one_of_a_core(name):
    assert geometry(name).name == name
    assert geometry(name) is geometry(name)


def test_named_configurations_are_found_as_well():
    assert geometry("tiny") == CoreConfig.load("tiny")


def test_a_variant_is_called_differently_and_changes_what_is_named():
    changed = variant("padded", "padded_units", random={"units": 2})
    assert changed.random == geometry("padded").random.model_copy(update={"units": 2})
    assert changed.model_dump(exclude={"name", "random"}) == geometry("padded").model_dump(exclude={"name", "random"})
    assert changed.name == "padded_units"
