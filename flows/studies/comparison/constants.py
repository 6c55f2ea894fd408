"""Constants of the model, from a TOML file.

Values with bounds, units and sources.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, model_validator

from hdl.config import InputError, brief, parse_toml, read_text

__all__ = ["DEFAULTS", "UNITS", "Constant", "Constants", "load_constants"]

#: The constants that ship.
DEFAULTS = Path(__file__).parent / "constants.toml"

#: Every constant of the model and its unit. Its meaning stands beside its value, in :data:`DEFAULTS`.
UNITS: Mapping[str, Mapping[str, str]] = {
    "logic": {
        "gate_area": "µm²",
        "flip_flop_area": "µm²",
        "utilisation": "1",
        "supply": "V",
        "gate_energy": "fJ",
        "activity": "1",
        "control_activity": "1",
        "random_activity": "1",
        "flip_flop_energy": "fJ",
        "clocked_share": "1",
        "layout_energy": "1",
        "wire_energy": "fJ/µm",
        "wire_activity": "1",
        "gate_leakage": "nW",
        "clock": "MHz",
    },
    "sram": {
        "cell_area": "µm²",
        "cell_width": "µm",
        "bit_line_capacitance": "fF",
        "bit_line_swing": "V",
        "column_energy": "fJ",
        "word_line_capacitance": "fF",
        "column_area": "µm²",
        "word_line_area": "µm²",
        "cell_leakage": "nW",
        "write_energy": "fJ",
    },
    "pcm": {
        "cell_area": "µm²",
        "cell_width": "µm",
        "conductance": "µS",
        "read_voltage": "V",
        "read_supply": "V",
        "read_time": "ns",
        "word_line_capacitance": "fF",
        "word_line_area": "µm²",
        "column_area": "µm²",
        "array_area": "µm²",
        "pulse_energy": "pJ",
        "pulses": "1",
    },
    "sense": {"comparator_area": "µm²", "comparator_energy": "fJ", "comparator_time": "ns"},
    "adc": {"step_energy": "fJ", "step_area": "µm²", "conversion_time": "ns", "columns": "1"},
}

Number = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Constant(_Section):
    """One number of the model."""

    value: Number
    """Value that the model takes."""

    low: Number
    """Least value that the sensitivity analysis takes."""

    high: Number
    """Largest value that it takes."""

    unit: Text
    """Unit: that of :data:`UNITS`, so that nothing is off by a thousand."""

    node: Text
    """Technology that it is for."""

    tag: Literal["abstract", "code", "summary", "reading", "derived", "assumption"]
    """Where it comes from, in the manner of the documents."""

    source: Text
    """The same in words."""

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value must be between low and high ({self.low:g} and {self.high:g}), not {self.value:g}")
        return self


class _Sections(_Section):
    """All sections, with the fields of :data:`UNITS`."""

    @model_validator(mode="after")
    def _check_units(self) -> Self:
        for section, units in UNITS.items():
            for name, unit in units.items():
                found = getattr(getattr(self, section), name).unit
                if found != unit:
                    raise ValueError(f"{section}.{name}.unit must be {unit!r}, not {found!r}")
                if f"{section}.{name}" in _DIVISORS and getattr(getattr(self, section), name).low <= 0:
                    raise ValueError(f"{section}.{name}.low must be above 0, not 0")
        return self


def _section(name: str) -> type[BaseModel]:
    fields: dict[str, Any] = dict.fromkeys(UNITS[name], (Constant, ...))
    return create_model(f"{name.capitalize()}Constants", __base__=_Section, **fields)


_FIELDS: dict[str, Any] = {name: (_section(name), ...) for name in UNITS}
_MODEL = create_model("ConstantsFile", __base__=_Sections, **_FIELDS)

#: Divisors, which may not be 0.
_DIVISORS = ("logic.gate_area", "logic.utilisation", "logic.clock", "adc.columns")

#: Constants by their name, ``section.name``, in the order of :data:`UNITS`.
Constants = Mapping[str, Constant]


def load_constants(path: Path | None = None) -> Constants:
    """Read the constants in ``path``, by default those that ship.

    Raises
    ------
    InputError
        The file cannot be read, a constant is missing, unknown, negative, out of its bounds or in another unit.
    """
    source = DEFAULTS if path is None else path
    try:
        content = parse_toml(read_text(source))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise InputError(f"constants must be a TOML file, not {str(source)!r} ({reason})") from None
    except InputError as error:
        raise InputError(f"constants must be TOML: {str(error).removeprefix('not TOML: ')}") from None
    try:
        checked = _MODEL.model_validate(content)
    except ValidationError as error:
        raise InputError(_line(error)) from None
    return {
        f"{section}.{name}": getattr(getattr(checked, section), name)
        for section, names in UNITS.items()
        for name in names
    }


def _line(error: ValidationError) -> str:
    """Report the first of pydantic's errors: field, permitted values, value."""
    # A misspelt name is also a missing one: the one that is there explains more.
    first = min(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
    where = ".".join(f"{each!s:.60}" for each in first["loc"])
    match first["type"]:
        case "missing":
            return f"{where} is missing"
        case "extra_forbidden":
            return f"{where} is not a known constant"
        case "value_error":
            return ".".join(filter(None, (where, first["msg"].removeprefix("Value error, "))))
        case "greater_than_equal":
            return f"{where} must be at least 0, not {brief(first['input'])}"
        case _:
            told = first["msg"].removeprefix("Input should be ")
            return f"{where} must be {told}, not {brief(first['input'])}"
