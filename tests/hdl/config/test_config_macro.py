import re

import pytest

from hdl.config import CoreConfig, InputError
from hdl.contract import Command, commands, register_map

from ..configurations import PADDED
from ..macros import ADC, PADDED_MACRO, SMALLEST_MACRO


def test_the_section_may_be_omitted():
    content = PADDED.model_dump(mode="json")
    assert content.pop("macro") is None
    assert CoreConfig.model_validate(content).hash == PADDED.hash
    assert PADDED_MACRO.hash != PADDED.hash


@pytest.mark.parametrize("config", [SMALLEST_MACRO, PADDED_MACRO, ADC])
def test_sizes(config):
    assert CoreConfig.model_validate(config.model_dump(mode="json")).hash == config.hash
    assert config.stochastic.units == 0
    assert config.stochastic.random_bits == 0
    for layer in config.layers:
        assert layer.row_groups == layer.set_groups + 1
        columns = layer.cols if config.macro.reference == "global" else 1
        most = layer.tile_inputs(0) * config.macro.calibration_reads * columns
        assert 2 ** config.sensing.target_width(layer) > most >= 2 ** (config.sensing.target_width(layer) - 1)
        assert 2 ** config.sensing.adc_width(layer) << config.sensing.adc_shift(layer) == 2**layer.read_width
    assert 2 ** config.macro.pulses_width(config.array.cols) > config.array.cols * config.macro.max_pulses


def test_registers_and_commands_are_only_where_there_are_macros():
    own = {"PULSES", "FAILED"}
    assert own <= {entry.name for entry in register_map(ADC)}
    assert not own & {entry.name for entry in register_map(PADDED)}
    assert commands(ADC) == tuple(Command)
    assert Command.CALIBRATE not in commands(PADDED)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"bayes": {"method": "none", "max_passes": 1, "passes": 1}},
            "macro must be omitted for method 'none', whose weights its cells do not draw",
        ),
        (
            {"bayes": {"method": "sampled-weights", "sampling": "pass"}},
            "bayes.sampling must be 'read' with macros, not 'pass'",
        ),
        (
            {"bayes": {"method": "sampled-weights", "generators": 2}},
            "bayes.generators must be 1 with macros, not 2",
        ),
        ({"macro": {"adc_bits": 3}}, "macro.adc_bits must be omitted for comparators, not be 3"),
        ({"macro": {"tolerance": 7}}, "macro.tolerance must be less than 7, not 7"),
    ],
)
def test_refusals(sections, message):
    base = PADDED_MACRO.model_dump(mode="json")
    macro = base["macro"] | sections.pop("macro", {})
    with pytest.raises(InputError, match=f"{re.escape(message)}$"):
        CoreConfig.parse(_toml(base | sections | {"macro": macro}))


@pytest.mark.parametrize("field", ["tolerance", "max_pulses", "reference_bits", "calibration_reads", "adc_cycles"])
def test_numbers_out_of_range(field):
    with pytest.raises(InputError, match=rf"macro\.{field} must be valid, not -1"):
        CoreConfig.parse(_toml(PADDED_MACRO.model_dump(mode="json") | {"macro": {field: -1}}))


def _toml(content):
    plain = {name: value for name, value in content.items() if value is not None and not isinstance(value, dict)}
    lines = [f"{name} = {_value(value)}" for name, value in plain.items()]
    for section, fields in content.items():
        if isinstance(fields, dict):
            lines.append(f"[{section}]")
            lines += [f"{name} = {_value(value)}" for name, value in fields.items() if value is not None]
    return "\n".join(lines)


def _value(value):
    return str(value).lower() if isinstance(value, bool) else repr(value)
