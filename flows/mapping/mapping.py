"""Mapping of a configuration onto arrays.

Placement of layers, and clock cycles.
"""

import dataclasses

from hdl.config import CoreConfig, InputError, Layer

from ..base.bounds import check_passes
from .folding import Folding, Grouping, balance, evaluate, foldings, groupings
from .storage import memory_bits, register_bits
from .timing_model import predict, stage_cycles, vector_pair_cycles

__all__ = ["LayerMapping", "Mapping", "map_core"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class LayerMapping:
    """Mapping of one layer onto arrays."""

    index: int
    """Position in the network."""

    kind: str
    """`convolution` or `dense`."""

    inputs: int
    """Fan-in of a neuron."""

    outputs: int
    """Neurons, or channels."""

    vectors: int
    """Input vectors of a pass: windows of a convolution."""

    weights: int
    """Weights: binary, or each drawn from a probability."""

    macs: int
    """Multiplications by a weight in a pass, weights × vectors, for inputs of any width."""

    row_tiles: int
    """Number of arrays across the fan-in."""

    col_tiles: int
    """Number of arrays across the outputs."""

    arrays: int
    """Number of arrays."""

    utilisation: float
    """Share of the cells that hold a weight."""

    rows_per_read: int
    """Word lines driven at a time in each array."""

    cols_per_read: int
    """Columns sensed at a time in each array."""

    reads: int
    """Cycles in which the arrays read for one vector: those of all its groups of columns."""

    waits: float
    """Cycles for each vector without a read, in which the counts of two vectors have not been taken."""

    cycles: int
    """Cycles that the arrays need for one pass, or for one input where all passes share the results."""

    once: bool
    """Whether all passes of an input share the results of the layer, as in the first one with fixed weights."""

    busy: float
    """Share of all cycles that the arrays need, inputs following one another."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mapping:
    """Mapping of a configuration onto arrays."""

    name: str
    """Name of the configuration."""

    config_hash: str
    """Hash of the configuration."""

    rows: int
    """Word lines of an array."""

    cols: int
    """Columns of an array."""

    passes: int
    """Monte-Carlo passes T of an input."""

    pipeline: int
    """Register stages in the columns."""

    layers: tuple[LayerMapping, ...]
    """Layers, first to last."""

    arrays: int
    """Number of arrays of all layers."""

    weights: int
    """Number of weights of all layers."""

    macs: int
    """Multiplications by a weight in one pass through all layers."""

    utilisation: float
    """Share of the cells of all arrays that hold a weight."""

    memory_bits: dict[str, int]
    """Bits of memories by their contents, including unused bits."""

    register_bits: dict[str, int]
    """Bits of the registers that hold activations between layers."""

    latency: int
    """Clock cycles of one input at the ports of the exported core, from its first beat to its last result."""

    cycles_per_input: float
    """Clock cycles of each further input, inputs following one another."""

    stages: dict[str, int]
    """Least clock cycles per input of each block."""

    bottleneck: str
    """Block with the most cycles."""

    slowest_layer: int
    """Layer, of those computed in each pass, whose arrays take longest."""

    folding: Folding
    """Word lines of the configuration itself."""

    alternatives: tuple[Folding, ...]
    """Effects of other numbers of word lines in the slowest layer."""

    groupings: tuple[Grouping, ...]
    """Effects of other numbers of columns sensed at a time."""

    balanced: Folding
    """Fewest word lines with which every layer meets the required cycles."""


def map_core(
    config: CoreConfig, *, passes: int | None = None, cycles: int | None = None, word_lines: int | None = None
) -> Mapping:
    """Map ``config`` onto arrays and predict its clock cycles, exactly.

    Parameters
    ----------
    config
        The configuration.
    passes
        Monte-Carlo passes T, by default those of the configuration.
    cycles, word_lines
        Limits of the balanced folding, as in :func:`flows.mapping.folding.balance`.

    Raises
    ------
    InputError
        An argument is out of range, no folding meets the limits, or the order of the passes is not the plain one.
    """
    if config.passes_weighted:
        # The cycles depend on which masks occur, which is random.
        raise InputError(f"bayes.order must be 'plain' to predict clock cycles, not {config.bayes.order!r}")
    passes = check_passes(config, passes)
    wanted = balance(config, cycles=cycles, word_lines=word_lines)
    stages = stage_cycles(config, passes)
    slowest = max(
        (layer for layer in config.layers if not layer.shared_by_passes),
        key=lambda layer: stages[f"crossbar_{layer.index}"],
    )
    alternatives = foldings(config, slowest, passes)
    own = next(each for each in alternatives if each.rows_per_read == config.rows_per_read)
    layers = tuple(
        _map_layer(config, layer, stages[f"crossbar_{layer.index}"] / own.cycles_per_input) for layer in config.layers
    )
    arrays, weights = sum(each.arrays for each in layers), sum(each.weights for each in layers)
    return Mapping(
        name=config.name,
        config_hash=config.hash,
        rows=config.array.rows,
        cols=config.array.cols,
        passes=passes,
        pipeline=config.hardware.pipeline,
        layers=layers,
        arrays=arrays,
        weights=weights,
        macs=sum(each.macs for each in layers),
        utilisation=weights / (arrays * config.array.rows * config.array.cols),
        memory_bits=memory_bits(config),
        register_bits=register_bits(config),
        latency=predict(config, inputs=1, passes=passes, axi=True).cycles,
        cycles_per_input=own.cycles_per_input,
        stages=stages,
        bottleneck=max(stages, key=lambda stage: (stages[stage], stage == f"crossbar_{slowest.index}")),
        slowest_layer=slowest.index,
        folding=own,
        alternatives=alternatives,
        groupings=groupings(config, passes),
        balanced=own if wanted == own.rows_per_read else evaluate(config, wanted, passes),
    )


def _map_layer(config: CoreConfig, layer: Layer, busy: float) -> LayerMapping:
    weights, pair = layer.inputs * layer.outputs, vector_pair_cycles(config, layer, layer.reads)
    return LayerMapping(
        index=layer.index,
        kind="dense" if layer.window is None else "convolution",
        inputs=layer.inputs,
        outputs=layer.outputs,
        vectors=layer.vectors,
        weights=weights,
        macs=weights * layer.vectors,
        row_tiles=layer.row_tiles,
        col_tiles=layer.col_tiles,
        arrays=layer.arrays,
        utilisation=weights / (layer.arrays * layer.rows * layer.cols),
        rows_per_read=layer.rows_per_read,
        cols_per_read=layer.cols_per_read,
        reads=layer.reads * layer.column_groups,
        waits=pair / 2 - layer.reads * layer.column_groups,
        cycles=layer.vectors * pair // 2,
        once=layer.shared_by_passes,
        busy=busy,
    )
