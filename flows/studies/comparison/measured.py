"""Cache of the logic of all blocks.

Blocks of both cores are measured once.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ...base.record import MADE_ANEW, Record
from ...base.yosys import Yosys
from .blocks import Block, blocks_of
from .core_logic import rest_of_core
from .logic import LANES, Lanes, Logic, measure_lanes
from .work import Work

__all__ = ["LogicRecord", "Measured", "measure"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measured:
    """Logic of blocks."""

    yosys: str
    """Version of Yosys."""

    core: str
    """The core that the rest was counted in."""

    lanes: Mapping[str, Lanes]
    """Blocks whose columns are lanes, by :attr:`flows.studies.comparison.blocks.Block.key`."""

    rest: Mapping[str, Logic]
    """Blocks of the whole core besides them."""

    def dump(self) -> dict[str, Any]:
        """Return the same as plain data."""
        return dataclasses.asdict(self)


class LogicRecord(Record):
    """Contents of ``logic.json``, which saves counting the gates of a block again."""

    measured: Measured
    """Logic that was counted."""


def measure(
    works: Mapping[tuple[int | None, float], Work],
    bits: Iterable[int],
    path: Path,
    *,
    yosys: Yosys,
    on_step: Callable[[str], None],
) -> Measured:
    """Return the logic of all blocks of ``works``; blocks in ``path`` are not measured again, and all are kept there.

    Logic outside the arrays is that of the base, the core as its configuration is.

    Raises
    ------
    InputError
        Yosys fails, or ``path`` is damaged.
    """
    base = works[None, 1.0].config
    known = None
    if path.exists():
        known = LogicRecord.read(path, "bayescim compare", MADE_ANEW).measured
    if known is not None and known.yosys != yosys.version:
        known = None
    lanes = dict(known.lanes) if known else {}
    wanted: dict[str, Block] = {}
    chosen = tuple(bits)
    for work in works.values():
        wanted |= {block.key: block for block in blocks_of(work, chosen)}
    missing = {key: block for key, block in wanted.items() if key not in lanes}
    if missing:
        on_step(f"count the gates of {len(missing)} blocks")
        few, many = ({key: block.make(count) for key, block in missing.items()} for count in LANES)
        lanes |= measure_lanes(few, many, yosys=yosys)
    # The options of hardware are not in the hash of a configuration.
    core = f"{base.hash}, pipeline {base.hardware.pipeline}, {base.hardware.planes_per_cycle} planes a cycle"
    rest = known.rest if known and known.core == core else None
    if rest is None:
        on_step("count the gates of the core around the arrays")
        rest = rest_of_core(base, yosys=yosys)
    found = Measured(yosys=yosys.version, core=core, lanes=lanes, rest=rest)
    LogicRecord(measured=found).write(path, resumes=True)
    return dataclasses.replace(found, lanes={key: lanes[key] for key in wanted})
