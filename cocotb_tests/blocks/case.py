"""One simulation."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from amaranth.lib import wiring

from hdl.config import CoreConfig
from hdl.contract import Program

__all__ = ["Case"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """One block in one geometry, with its testbench."""

    block: str
    """Name of the block. Its testbench is the module ``tb_<block>``."""

    component: wiring.Component
    """The block."""

    tests: int
    """Number of tests in the testbench."""

    label: str = ""
    """Distinguishes it from other cases of the same block."""

    top: str = ""
    """Name of the Verilog module, that of the block when not given."""

    config: CoreConfig | None = None
    """Configuration, where the testbench needs it."""

    program: Program | None = None
    """Initial contents, where the block has some."""

    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Parameters of the block itself, such as a width."""

    @property
    def name(self) -> str:
        """Block and label."""
        return f"{self.block} {self.label}".rstrip()
