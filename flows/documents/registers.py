"""docs/registers.md: the registers of the demo's core."""

from collections.abc import Mapping
from pathlib import Path

from golden.randomness import core_limits
from hdl.config import CoreConfig, MacroConfig
from hdl.contract import register_map

from ..road.package.registers import register_table
from ..studies.page import Page

__all__ = ["REGISTERS"]

_EXAMPLE = "digits"


def _sections(_: Path) -> Mapping[str, str]:
    """With the widths and limits of that core.

    And with the registers of the self-test, of one unit or several, and of the macros that it could have.
    """
    config = CoreConfig.load(_EXAMPLE)
    possible = config.model_copy(update={"self_test": core_limits(config), "macro": MacroConfig()})
    several = possible.model_copy(
        update={"random": config.random.model_copy(update={"units": config.stochastic.mask_width})}
    )
    entries = {entry.address: entry for entry in (*register_map(several), *register_map(possible))}
    # The core as it is has another hash.
    entries |= {entry.address: entry for entry in register_map(config)}
    table = register_table([entries[address] for address in sorted(entries)], _EXAMPLE)
    return {"registers": f"{table.rstrip()}\n"}


REGISTERS = Page(path=Path("docs/registers.md"), sections=_sections)
