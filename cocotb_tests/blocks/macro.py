"""Blocks that only a core with macros has, as simulations."""

from collections.abc import Callable, Mapping

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Program
from hdl.crossbar.macro.program_verify import ProgramVerify
from hdl.crossbar.macro.reference_search import ReferenceSearch

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
    return Case.of_core("macro_core", 4, program)


def _program_verify(program: Program, _layer: Layer) -> Case:
    delay = int(program.config.hardware.reads_registered)
    component = ProgramVerify(program.config, delay=delay)
    return Case(block="program_verify", component=component, tests=2, config=program.config, values={"delay": delay})


def _reference_search(program: Program, _layer: Layer) -> Case:
    config = program.config
    latency = 1 + config.hardware.array_stages + config.sensing.stages
    return Case(
        block="reference_search",
        component=ReferenceSearch(config, config.layers[0], latency=latency),
        tests=1,
        config=config,
        values={"latency": latency},
    )


#: How to make the case of each block, as in :data:`cocotb_tests.blocks.blocks.BLOCKS`.
MACRO_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "macro_core": _macro_core,
    "program_verify": _program_verify,
    "reference_search": _reference_search,
}


def macro_blocks(config: CoreConfig) -> set[str]:
    """Return the blocks that a core has not, with its macros or for want of them."""
    if config.macro is None:
        return set(MACRO_BLOCKS)
    # Its testbench has comparators; within a core converters are there too.
    return _DIGITAL | ({"reference_search"} if config.sensing.converts else set())
