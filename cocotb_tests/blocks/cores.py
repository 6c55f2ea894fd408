"""Table of whole cores.

The blocks in ``hdl/axi``, and ``hdl/core.py``.
"""

from hdl.axi import AxiCore
from hdl.config import CoreConfig, Layer
from hdl.contract import Program
from hdl.core import Core

from .block import Block
from .geometries import CORES, Geometry, When

__all__ = ["BLOCKS"]

#: Sequences of random traffic on the ports of the core.
_SEQUENCES = 20


def _with_logits(program: Program, _layer: Layer) -> Core:
    """Return a core that sends its logits."""
    return Core(program.config, program, logits=True)


def _behind_ports(program: Program, _layer: Layer, **_values: int) -> AxiCore:
    return AxiCore(program.config, program)


def _is_digital(config: CoreConfig) -> bool:
    # With macros a device model is around it.
    return config.macro is None


def _is_watched_from_outside(config: CoreConfig) -> bool:
    return config.self_test is not None and config.stochastic.external


#: The longest is the first, so that others run beside it.
BLOCKS = (
    Block(
        name="core",
        make=_with_logits,
        tests=19,
        geometries=(
            *CORES,
            Geometry("smallest_prefix", icarus=When.LONG),
            Geometry("prefix"),
            Geometry("residual"),
            Geometry("one_pixel", icarus=When.LONG),
            Geometry("odd_maps", verilator=When.NEVER),
            Geometry("predictive"),
            Geometry("affine"),
            Geometry("affine_maps", icarus=When.LONG),
            Geometry("spin", verilator=When.NEVER),
            Geometry("spatial", verilator=When.NEVER),
            Geometry("sampled", verilator=When.NEVER),
            Geometry("ensemble", verilator=When.NEVER),
            Geometry("drawn", icarus=When.LONG),
            Geometry("drawn_maps", icarus=When.LONG),
            Geometry("drawn_smallest"),
            Geometry("grouped", icarus=When.LONG),
            Geometry("grouped_maps", icarus=When.LONG, verilator=When.NEVER),
            *(
                Geometry(f"grouped_{name}", icarus=When.LONG, verilator=When.NEVER)
                for name in ("means", "draws", "bits", "levels", "sets")
            ),
            # All that any core must do, where units are watched, have no register, or are several.
            Geometry("monitored", verilator=When.NEVER),
            Geometry("entropy", verilator=When.NEVER),
            Geometry("entropies", icarus=When.LONG, verilator=When.NEVER),
            Geometry("units", icarus=When.LONG, verilator=When.NEVER),
            Geometry("watched", icarus=When.LONG, verilator=When.NEVER),
            Geometry("watched_channels", verilator=When.NEVER),
        ),
        exists=_is_digital,
        contents=True,
        core=True,
    ),
    Block(
        name="axi_core",
        make=_behind_ports,
        tests=23,
        # A build takes longer than its tests, so that most are simulated once.
        geometries=(
            Geometry("smallest", verilator=When.ALWAYS),
            Geometry("padded", icarus=When.NEVER),
            Geometry("random", icarus=When.LONG, verilator=When.NEVER),
            Geometry("deterministic", icarus=When.NEVER),
            Geometry("prefix", verilator=When.NEVER),
            Geometry("predictive", icarus=When.LONG, verilator=When.NEVER),
            Geometry("watched", icarus=When.LONG, verilator=When.NEVER),
            Geometry("entropy", icarus=When.LONG, verilator=When.NEVER),
            Geometry("entropies", verilator=When.NEVER),
        ),
        exists=_is_digital,
        values=lambda _program, _layer: {"sequences": _SEQUENCES},
        contents=True,
        core=True,
    ),
    Block(
        name="macro_core",
        make=_with_logits,
        tests=4,
        geometries=(
            Geometry("macro"),
            Geometry("macro_adc"),
            Geometry("macro_maps", icarus=When.LONG),
        ),
        exists=lambda config: config.macro is not None,
        contents=True,
        core=True,
    ),
    Block(
        name="entropy",
        make=_with_logits,
        tests=14,
        geometries=(Geometry("entropy"),),
        exists=lambda config: _is_watched_from_outside(config) and config.stochastic.shared == 1,
        contents=True,
        core=True,
    ),
    Block(
        name="unit_faults",
        make=_behind_ports,
        tests=5,
        geometries=(Geometry("entropies", icarus=When.LONG, verilator=When.ALWAYS),),
        exists=lambda config: _is_watched_from_outside(config) and config.stochastic.shared > 1,
        contents=True,
        core=True,
    ),
)
