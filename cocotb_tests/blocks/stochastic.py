"""Table of the blocks in ``hdl/stochastic``."""

from hdl.config import Layer
from hdl.contract import Program
from hdl.stochastic import Lfsr, LocalStochasticUnits, SelfTest, StochasticUnit

from .block import Block, hidden, of_config
from .geometries import CORES, Geometry
from .neuron_blocks import neuron_blocks

__all__ = ["BLOCKS"]


def _local_units(program: Program, layer: Layer) -> LocalStochasticUnits:
    return LocalStochasticUnits(program.config, layer, program.config.random.draw_bits)


BLOCKS = (
    Block(
        name="lfsr",
        make=lambda program, _layer: Lfsr(program.config.random),
        tests=5,
        geometries=CORES[:3],
        exists=lambda config: config.macro is None and not config.stochastic.external,
    ),
    Block(
        name="stochastic_unit",
        make=of_config(StochasticUnit),
        tests=13,
        geometries=(*CORES[:3], Geometry("units"), Geometry("monitored")),
        exists=lambda config: config.stochastic.mask_width > 0 and not config.stochastic.external,
    ),
    Block(
        name="local_units",
        make=_local_units,
        tests=12,
        geometries=(Geometry("spatial"), Geometry("spin", 1), Geometry("sampled")),
        exists=lambda config: "local_units" in neuron_blocks(config),
        layer=hidden,
    ),
    Block(
        name="self_test",
        make=of_config(SelfTest),
        tests=5,
        geometries=(Geometry("monitored"), Geometry("watched_channels")),
        exists=lambda config: config.self_test is not None,
    ),
)
