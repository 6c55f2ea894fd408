"""Constants of the comparison, and refusals of bad ones."""

import re

import pytest

from flows.studies.comparison.constants import DEFAULTS, UNITS, load_constants
from hdl.config import InputError

_TEXT = DEFAULTS.read_text()


def test_all_constants_are_there_with_bounds_and_sources():
    constants = load_constants()
    assert list(constants) == [f"{section}.{name}" for section, names in UNITS.items() for name in names]
    for name, each in constants.items():
        assert 0 < each.low <= each.value <= each.high, name
        assert each.low < each.high, f"{name} has nothing to be sensitive to"
        # Constants without a source are marked as assumed, with their range.
        assert each.tag != "assumption" or "typical range" in each.source, name
        assert len(each.source) > 20, name


def _write(tmp_path, text):
    path = tmp_path / "constants.toml"
    path.write_text(text)
    return path


def _replaced(old, new):
    assert _TEXT.count(old) == 1, old
    return _TEXT.replace(old, new)


_CONDUCTANCE = """[pcm.conductance]
value = 5.0
low = 1.0
high = 25.0
unit = "µS"
"""


def test_a_user_puts_in_their_own(tmp_path):
    own = _CONDUCTANCE.replace("5.0\nlow", "7.5\nlow")
    assert load_constants(_write(tmp_path, _replaced(_CONDUCTANCE, own)))["pcm.conductance"].value == 7.5


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("value = 5.0", "value = -1"), "pcm.conductance.value must be at least 0, not -1"),
        (("low = 1.0", "low = 6.0"), "pcm.conductance.value must be between low and high (6 and 25), not 5"),
        (("high = 25.0", "high = 4"), "pcm.conductance.value must be between low and high (1 and 4), not 5"),
        (("value = 5.0", "value = nan"), "pcm.conductance.value must be a finite number, not nan"),
        (("value = 5.0", "value = 'five'"), None),
        (('unit = "µS"', 'unit = "S"'), "pcm.conductance.unit must be 'µS', not 'S'"),
        (("low = 1.0", "lower = 1.0"), "pcm.conductance.lower is not a known constant"),
        (("low = 1.0\n", ""), "pcm.conductance.low is missing"),
        (("[pcm.conductance]", "[pcm.conductivity]"), "pcm.conductivity is not a known constant"),
        (("[pcm.conductance]", "[flash.conductance]"), "flash is not a known constant"),
    ],
)
def test_bad_constants(tmp_path, change, line):
    old, new = change
    assert old in _CONDUCTANCE
    path = _write(tmp_path, _replaced(_CONDUCTANCE, _CONDUCTANCE.replace(old, new)))
    with pytest.raises(InputError) as error:
        load_constants(path)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("pcm.conductance.value must be") if line is None else str(error.value) == line


@pytest.mark.parametrize("name", ["logic.clock", "logic.utilisation", "logic.gate_area", "adc.columns"])
def test_nothing_is_divided_by_zero(tmp_path, name):
    section = re.search(rf"\[{name}\]\nvalue = .*\nlow = .*\n", _TEXT)[0]
    path = _write(tmp_path, _replaced(section, re.sub("low = .*", "low = 0", section)))
    with pytest.raises(InputError, match=rf"^{re.escape(name)}\.low must be above 0, not 0$"):
        load_constants(path)


def test_files_that_are_none(tmp_path):
    with pytest.raises(InputError, match=r"^constants must be a TOML file, not '.*missing.toml' \(No such file or dir"):
        load_constants(tmp_path / "missing.toml")
    with pytest.raises(InputError, match=r"^constants must be TOML: "):
        load_constants(_write(tmp_path, "[logic"))
