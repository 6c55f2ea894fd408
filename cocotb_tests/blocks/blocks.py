"""Every block that has a testbench."""

from collections.abc import Mapping

from hdl.config import CoreConfig

from . import control, cores, crossbar, inputs, lanes, macro, neurons, passes, results, rows, stochastic, streams
from .block import Block

__all__ = ["BLOCKS", "CORES", "blocks"]

#: Whole cores.
CORES = tuple(block.name for block in cores.BLOCKS)

_TABLES = (cores, inputs, crossbar, macro, neurons, passes, results, stochastic, control, rows, lanes, streams)

#: All blocks by name, room by room.
BLOCKS: Mapping[str, Block] = {block.name: block for table in _TABLES for block in table.BLOCKS}


def blocks(config: CoreConfig) -> list[str]:
    """Return the names of the blocks that a core has, in the order of :data:`BLOCKS`."""
    return [block.name for block in BLOCKS.values() if block.exists(config)]
