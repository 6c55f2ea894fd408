"""Blocks that only a core with macros has, as simulations."""

from collections.abc import Callable, Mapping

from hdl.config import CoreConfig, Layer
from hdl.core import Core
from hdl.program import Program

from .case import Case

__all__ = ["MACRO_BLOCKS", "macro_blocks"]

#: Blocks of a core without macros that one with macros has not, or not without a device model around it.
_DIGITAL = {
    "core",
    "axi_core",
    "row_store",
    "array",
    "crossbar",
    "row_access",
    "lfsr",
    "weight_sampler",
    "weight_draws",
}


def _macro_core(program: Program, _layer: Layer) -> Case:
    return Case(
        block="macro_core",
        top=program.config.name,
        component=Core(program.config, program, logits=True),
        tests=4,
        config=program.config,
        program=program,
    )


#: How to make the case of each block, as in :data:`cocotb_tests.blocks.BLOCKS`.
MACRO_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "macro_core": _macro_core,
}


def macro_blocks(config: CoreConfig) -> set[str]:
    """Return the blocks that a core has not, with its macros or for want of them."""
    return set(MACRO_BLOCKS) if config.macro is None else _DIGITAL
