"""Text of a configuration file."""

from collections.abc import Mapping
from typing import Any

from hdl.config import CoreConfig

from ..base.files import to_json

__all__ = ["to_toml"]


def to_toml(document: Mapping[str, Any], heading: str) -> str:
    """Return the TOML of a configuration's ``document``, with the comment ``heading`` at the top.

    Its values are numbers, texts, lists of them, and sections and lists of sections of these.
    """
    lines = [f"# {heading}"]
    lines += [f"{key} = {_value(value)}" for key, value in document.items() if not isinstance(value, Mapping)]
    for name, section in document.items():
        if isinstance(section, Mapping):
            lines += ["", *_section(name, section)]
    text = "\n".join(lines) + "\n"
    CoreConfig.parse(text)
    return text


def _section(name: str, section: Mapping[str, Any]) -> list[str]:
    nested = {key: value for key, value in section.items() if _is_sections(value)}
    lines = [f"[{name}]"]
    lines += [
        f"{key} = {_value(value)}"
        for key, value in section.items()
        if key not in nested and value not in (None, [], ())
    ]
    for key, values in nested.items():
        for each in values:
            lines += ["", f"[[{name}.{key}]]", *(f"{field} = {_value(value)}" for field, value in each.items())]
    return lines


def _is_sections(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _value(value: Any) -> str:
    """Return a value as TOML has it, which for these is as JSON has it, on one line."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    return to_json(value).strip()
