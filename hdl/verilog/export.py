"""Export of a component to files."""

import json
import os
import re
import threading
from pathlib import Path

from amaranth.back import verilog
from amaranth.lib import wiring

from ..caches import require_caches
from .named_design import named_design
from .processes import clock_processes, start_processes
from .shared_modules import SharedModules
from .sharing import share_modules
from .values import inline_conditions, name_ports, name_values

__all__ = ["export", "name_elements", "to_metadata", "to_verilog"]

#: Amaranth changes the warning filters of the whole process while it checks metadata, and components are exported
#: side by side.
_FILTERS = threading.Lock()

#: A wire for a zero-width member, which nothing uses: in Verilog this range means two bits.
_NO_BITS = re.compile(r"^ *wire \[-1:0\] [^;]*;\n", re.MULTILINE)

#: An escaped name with the index of an element of an array, and that index.
_ELEMENT = re.compile(r"\\[^\s\[]+\[\d+\]\S*")
_INDEX = re.compile(r"\[(\d+)\]")


def to_verilog(component: wiring.Component, name: str, platform: SharedModules | None = None) -> str:
    """Return Verilog with the top module ``name``, the same on every machine; ``platform`` gives its kind.

    Raises
    ------
    InputError
        The cache of Amaranth's Yosys cannot be written.
    """
    require_caches()
    # Amaranth prefers any `yosys` on the path; the bundled one is pinned with this package.
    os.environ["AMARANTH_USE_YOSYS"] = "builtin"
    # A new platform for each core, since it collects modules.
    shared = (SharedModules if platform is None else type(platform))(f"{name}.")
    text = _to_verilog(component, name, shared)
    text += "".join(_to_verilog(part, part_name, shared) for part_name, part in shared.modules())
    text = start_processes(clock_processes(_NO_BITS.sub("", text)))
    text = name_values(inline_conditions(name_ports(text)))
    return share_modules(name_elements(text))


def _to_verilog(component: wiring.Component, name: str, platform: SharedModules) -> str:
    design = named_design(component, name, platform)
    text, _ = verilog.convert_fragment(design, name=name, emit_src=False, strip_internal_attrs=True)
    return str(text)


def name_elements(text: str) -> str:
    r"""Return Verilog with elements of arrays as ``\x.3`` and not ``\x[3]``.

    Technology mappers use the same name for bit 3 of a bus `x`, and Yosys stops.
    """
    return _ELEMENT.sub(lambda name: _INDEX.sub(r".\1", name[0]), text)


def to_metadata(component: wiring.Component) -> dict[str, object]:
    """Return the ports as plain data. Verilog loses their signs and structure; this keeps both."""
    with _FILTERS:
        return component.metadata.as_json()


def export(component: wiring.Component, name: str, directory: str | Path) -> Path:
    """Write ``name.v`` and ``name.json`` into ``directory`` and return the path of the Verilog."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    source = directory / f"{name}.v"
    source.write_text(to_verilog(component, name), encoding="utf-8")
    source.with_suffix(".json").write_text(json.dumps(to_metadata(component), indent=2) + "\n", encoding="utf-8")
    return source
