"""The device models in the documents, from the figures that a checkout keeps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .device_picture import draw_device
from .device_tables import to_markdown, verdict
from .files import make_directory, read_json, write_atomically
from .pictures import to_svg
from .sections import replace_section

__all__ = ["DOCUMENT", "RESULT", "device_pictures", "render_devices", "write_devices"]

#: Where the figures are kept, and where they are shown, below the checkout.
RESULT = Path("docs/results/devices/devices.json")
DOCUMENT = Path("docs/devices.md")


def render_devices(root: Path) -> str:
    """Return the section of all device models."""
    result = _result(root)
    parts = [f"{verdict(result)}\n"]
    for each in result["devices"]:
        parts.append(f"### `{each['name']}`\n\n{to_markdown(each, f'pictures/{_picture(each)}')}")
    return "\n".join(parts)


def device_pictures(root: Path) -> dict[str, bytes]:
    """Return the picture of each model by its file name."""
    return {_picture(each): to_svg(draw_device(each)) for each in _result(root)["devices"]}


def write_devices(root: Path) -> None:
    """Write the section anew, and the pictures beside."""
    path = root / DOCUMENT
    text = replace_section(path.read_text(), "devices", render_devices(root))
    for name, picture in device_pictures(root).items():
        write_atomically(make_directory(path.parent / "pictures") / name, picture)
    write_atomically(path, text.encode())


def _result(root: Path) -> Any:
    return read_json(root / RESULT, "bayescim document")


def _picture(device: Mapping[str, Any]) -> str:
    return f"device_{device['name']}.svg"
