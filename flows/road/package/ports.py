"""Ports of an exported core, and its buses."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Port", "bus_members", "core_ports"]

#: Names of buses begin with these; longer ones come first.
_BUSES = ("s_axi", "s_axis_entropy", "s_axis", "m_axis_logits", "m_axis")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Port:
    """Port of the Verilog module."""

    name: str
    """Name."""

    width: int
    """Bits."""

    output: bool
    """Whether the core drives it."""


def core_ports(metadata: Mapping[str, Any]) -> list[Port]:
    """Return the ports of a core in the order of its module, from the metadata of its component."""
    return [
        Port(name=name, width=port["width"], output=port["dir"] == "out")
        for name, port in metadata["interface"]["members"].items()
    ]


def bus_members(ports: Sequence[Port]) -> dict[str, dict[str, Port]]:
    """Return the ports of each bus that the core has, by the names that its protocol gives them."""
    found: dict[str, dict[str, Port]] = {}
    for port in ports:
        for bus in _BUSES:
            if port.name.startswith(f"{bus}_"):
                found.setdefault(bus, {})[port.name.removeprefix(f"{bus}_").upper()] = port
                break
    return found
