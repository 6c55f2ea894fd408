"""docs/devices.md: the device models, and what was measured of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...base.files import read_json
from ...base.pictures import to_svg
from ..page import RESULTS, Page
from ..result_kind import ResultKind
from .picture import draw_device
from .show import to_markdown, verdict

__all__ = ["DEVICES"]

#: All models are in one result.
_RESULT = Path("devices/devices.json")


def _sections(root: Path) -> Mapping[str, str]:
    result = _result(root)
    parts = [f"{verdict(result)}\n"]
    for each in result["devices"]:
        parts.append(f"### `{each['name']}`\n\n{to_markdown(each, f'pictures/{_picture(each)}')}")
    return {"devices": "\n".join(parts)}


def _pictures(root: Path) -> Mapping[str, Callable[[], bytes]]:
    def drawn(device: Mapping[str, Any]) -> Callable[[], bytes]:
        return lambda: to_svg(draw_device(device))

    return {_picture(each): drawn(each) for each in _result(root)["devices"]}


def _result(root: Path) -> Any:
    return read_json(root / RESULTS / _RESULT, "bayescim document")


def _picture(device: Mapping[str, Any]) -> str:
    return f"device_{device['name']}.svg"


DEVICES = Page(
    path=Path("docs/devices.md"),
    sections=_sections,
    pictures=_pictures,
    kinds=(ResultKind(command="devices", member="devices", path=lambda _: _RESULT),),
)
