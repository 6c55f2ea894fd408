"""Geometries of the tests of blocks.

Configuration, layer, and the runs in which each simulator has the case.
"""

import dataclasses
import enum

__all__ = ["AFFINE", "CORES", "DRAWN", "GROUPED", "LAYERS", "Geometry", "When"]


class When(enum.Enum):
    """When a case is simulated."""

    ALWAYS = "always"

    #: In the long regression only.
    LONG = "long"

    #: Not at all: it would find nothing that the other simulator does not find sooner.
    NEVER = "never"


@dataclasses.dataclass(frozen=True)
class Geometry:
    """One geometry of a block.

    Verilator compiles each for many seconds, and mostly runs in the long regression only.
    """

    configuration: str
    """Name, as :func:`cocotb_tests.blocks.configurations.configuration` knows it."""

    layer: int = 0
    """Index of the layer."""

    icarus: When = dataclasses.field(default=When.ALWAYS, kw_only=True)
    verilator: When = dataclasses.field(default=When.LONG, kw_only=True)


def _random(name: str, layer: int = 0) -> Geometry:
    return Geometry(name, layer, icarus=When.LONG)


#: Cores of the default method; for blocks of which a core has one.
CORES = (
    Geometry("smallest"),
    Geometry("padded", verilator=When.ALWAYS),
    _random("random"),
    _random("deterministic"),
)

#: Layers of these cores; for blocks of which each layer has one. The first of `padded` has several bit planes.
LAYERS = (
    Geometry("smallest"),
    Geometry("padded", verilator=When.ALWAYS),
    Geometry("padded", 1, verilator=When.ALWAYS),
    _random("random", -1),
)

#: A layer whose columns are sensed in groups.
GROUPED = Geometry("grouped", 1, icarus=When.LONG)

#: Layers whose neurons compare with a mean.
AFFINE = (
    Geometry("affine"),
    Geometry("affine_maps", icarus=When.LONG),
    Geometry("affine_smallest", icarus=When.LONG),
    Geometry("grouped_means", icarus=When.LONG),
)

#: Layers whose weights are drawn.
DRAWN = (
    Geometry("drawn"),
    Geometry("drawn_maps", icarus=When.LONG),
    Geometry("drawn_smallest", icarus=When.LONG),
    Geometry("grouped_draws", icarus=When.LONG),
)
