"""Blocks of a core, to be measured.

Each is a component with few lanes, and one with more.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from amaranth.lib import wiring

from hdl.config import CoreConfig, Layer, WeightSampling
from hdl.crossbar import Accumulator, Array, WeightDraws, WeightSampler
from hdl.neurons import Neuron

from .work import Work

__all__ = ["Block", "accumulator", "array", "blocks_of", "neurons", "sampler", "unit"]


@dataclasses.dataclass(frozen=True)
class Block:
    """A kind of block, with its key and factory."""

    key: str
    """Everything but the lanes that its logic depends on."""

    make: Callable[[int], wiring.Component]
    """Returns it with so many lanes."""


def blocks_of(work: Work, bits: Iterable[int]) -> Iterator[Block]:
    """Yield the blocks of the arrays for ``work`` and of samplers of ``bits`` bits."""
    for each in work.layers:
        yield array(work.config, each.layer)
        yield accumulator(work.config, each.layer)
        if each.compare_cycles:
            yield neurons(work.config, each.layer)
    for count in bits:
        yield sampler(count)
        yield unit(work.config, count)


#: Groups of word lines of the arrays that are measured: with more there are a few flip-flops more for an address.
_GROUPS = 8


def array(config: CoreConfig, layer: Layer) -> Block:
    """Return an array: reading, XNOR, counting; a lane is a column. Its cells are omitted."""
    rows = layer.rows_per_read * _GROUPS
    return Block(
        f"array, {layer.rows_per_read} word lines a read, pipeline {config.hardware.pipeline}",
        # All word lines hold inputs: padding would be counted in every array, and is in one of them.
        lambda lanes: Array(
            dataclasses.replace(layer, inputs=rows, outputs=lanes, rows=rows, cols=lanes), 0, hardware=config.hardware
        ),
    )


def accumulator(config: CoreConfig, layer: Layer) -> Block:
    """Return the accumulator of a layer; a lane is an output."""
    planes, skip = f"{layer.input_bits} bits", f", skip {layer.skip_gain}" if layer.skip is not None else ""
    return Block(
        f"accumulator of {layer.inputs} inputs of {planes} in {layer.row_tiles} tiles, {layer.rows_per_read} a read, "
        f"pipeline {config.hardware.pipeline}{skip}",
        lambda lanes: Accumulator(dataclasses.replace(layer, outputs=lanes, cols=lanes), config.hardware),
    )


def neurons(config: CoreConfig, layer: Layer) -> Block:
    """Return the neurons of a hidden layer; a lane is a column. Their thresholds are omitted."""

    def make(lanes: int) -> Neuron:
        small = _small(
            config,
            network={"inputs": layer.inputs, "input_bits": layer.input_bits, "hidden": (lanes,), "classes": 2},
            array={"rows": layer.rows, "cols": lanes, "rows_per_read": layer.rows_per_read},
            bayes={"method": "none"},
        )
        return Neuron(small, small.layers[0])

    per_cycle = config.hardware.planes_per_cycle
    return Block(f"neurons of {layer.inputs} inputs of {layer.input_bits} bits, {per_cycle} planes a cycle", make)


def sampler(bits: int) -> Block:
    """Return the comparator of the probability codes of one word line with a draw; a lane is a column."""

    def make(lanes: int) -> WeightSampler:
        layer = Layer(
            index=0,
            inputs=1,
            outputs=lanes,
            input_bits=1,
            rows=1,
            cols=lanes,
            rows_per_read=1,
            sampling=_sampling(bits),
        )
        return WeightSampler(layer)

    return Block(f"sampler of {bits} bits", make)


def unit(config: CoreConfig, bits: int) -> Block:
    """Return stochastic units that draw ``bits`` bits at a time; a lane is a unit."""

    def make(lanes: int) -> WeightDraws:
        small = _small(
            config,
            network={"inputs": lanes, "input_bits": 1, "hidden": (2,), "classes": 2},
            array={"rows": lanes, "cols": 2, "rows_per_read": lanes},
            bayes={"method": "sampled-weights", "weight_bits": bits, "passes": 1, "max_passes": 1},
        )
        return WeightDraws(small, small.layers[0], 0)

    return Block(f"unit of {config.random.lfsr_width} stages, {bits} bits a draw", make)


def _sampling(bits: int) -> WeightSampling:
    return WeightSampling(bits=bits, drawn_per="read", generators=1)


def _small(config: CoreConfig, **sections: Any) -> CoreConfig:
    return CoreConfig.model_validate(
        {
            "name": "block",
            "hardware": config.hardware.model_dump(),
            "random": config.random.model_dump(),
            "ports": {"pixels_per_beat": 1},
            **sections,
        }
    )
