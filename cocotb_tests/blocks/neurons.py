"""Table of the blocks in ``hdl/neurons``."""

from collections.abc import Callable
from typing import Any

from hdl.config import CoreConfig, Layer, NeuronKind
from hdl.contract import Program
from hdl.neurons import (
    ActivationDropout,
    AffineTransform,
    DropoutNeuron,
    InvertedNormalization,
    MeanComparator,
    MeanDivider,
    MeanUnit,
    Neuron,
    Pool,
    Residual,
    SampledNeuron,
    SerialMultiplier,
    ThresholdRows,
    transformed_width,
)

from .block import Block, hidden, of_layer, one_that, with_contents
from .geometries import AFFINE, GROUPED, LAYERS, Geometry, When
from .neuron_blocks import neuron_blocks

__all__ = ["BLOCKS"]


def _has(name: str) -> Callable[[CoreConfig], bool]:
    return lambda config: name in neuron_blocks(config)


def _divided(_program: Program, layer: Layer) -> dict[str, Any]:
    width, divisor = transformed_width(layer), layer.outputs * layer.vectors
    return {"width": width, "divisor": divisor, "cycles": MeanDivider(width, divisor).cycles}


def _multiplied(_program: Program, layer: Layer) -> dict[str, Any]:
    gains = layer.neuron_fields[0]
    return {"gain_width": gains.width, "lanes": layer.outputs, "steps": transformed_width(layer)}


BLOCKS = (
    Block(
        name="threshold_rows",
        make=lambda program, layer, *, serial: ThresholdRows(
            program.config, layer, contents=program.neurons[layer.index], serial=serial
        ),
        tests=8,
        geometries=(*LAYERS, GROUPED, *AFFINE),
        layer=hidden,
        contents=True,
        values=lambda _program, layer: {"serial": layer.neuron_kind is NeuronKind.MEAN},
    ),
    Block(
        name="serial_multiplier",
        make=lambda _program, _layer, *, gain_width, lanes, **_: SerialMultiplier(gain_width, lanes),
        tests=3,
        geometries=AFFINE,
        exists=_has("serial_multiplier"),
        layer=hidden,
        values=_multiplied,
    ),
    Block(
        name="mean_divider",
        make=lambda _program, _layer, *, width, divisor, **_: MeanDivider(width, divisor),
        tests=3,
        geometries=AFFINE,
        exists=_has("mean_divider"),
        layer=hidden,
        values=_divided,
    ),
    Block(
        name="neuron",
        make=with_contents(Neuron),
        tests=14,
        geometries=(
            *LAYERS,
            GROUPED,
            Geometry("deterministic", icarus=When.LONG),
            Geometry("ensemble", 1),
            Geometry("grouped_sets", 1, icarus=When.LONG),
        ),
        exists=_has("neuron"),
        layer=hidden,
        contents=True,
    ),
    Block(
        name="activation_dropout",
        make=of_layer(ActivationDropout),
        tests=11,
        geometries=(Geometry("spatial", 1), Geometry("spin")),
        exists=_has("activation_dropout"),
        layer=hidden,
    ),
    Block(
        name="dropout_neuron",
        make=with_contents(DropoutNeuron),
        tests=11,
        geometries=(Geometry("spatial"), Geometry("spin", 1), Geometry("grouped_bits", 1, icarus=When.LONG)),
        exists=_has("dropout_neuron"),
        layer=hidden,
        contents=True,
    ),
    Block(
        name="sampled_neuron",
        make=with_contents(SampledNeuron),
        tests=11,
        geometries=(Geometry("sampled"), Geometry("sampled", 1), Geometry("grouped_levels", 1, icarus=When.LONG)),
        exists=_has("sampled_neuron"),
        layer=hidden,
        contents=True,
    ),
    Block(
        name="affine_transform",
        make=with_contents(AffineTransform),
        tests=14,
        geometries=AFFINE,
        exists=_has("affine_transform"),
        layer=hidden,
        contents=True,
    ),
    Block(
        name="mean_unit",
        make=of_layer(MeanUnit),
        tests=10,
        geometries=AFFINE,
        exists=_has("mean_unit"),
        layer=hidden,
    ),
    Block(
        name="mean_comparator",
        make=of_layer(MeanComparator),
        tests=10,
        geometries=AFFINE,
        exists=_has("mean_comparator"),
        layer=hidden,
    ),
    Block(
        name="inverted_normalization",
        make=with_contents(InvertedNormalization),
        tests=14,
        geometries=AFFINE,
        exists=_has("inverted_normalization"),
        layer=hidden,
        contents=True,
    ),
    Block(
        name="pool",
        make=of_layer(Pool),
        tests=10,
        geometries=(Geometry("residual", verilator=When.ALWAYS),),
        exists=lambda config: any(layer.pool > 1 for layer in config.layers),
        layer=one_that(lambda layer: layer.pool > 1),
    ),
    Block(
        name="residual",
        make=of_layer(Residual),
        tests=2,
        geometries=(Geometry("residual", verilator=When.ALWAYS), Geometry("grouped_maps", icarus=When.LONG)),
        exists=lambda config: any(layer.skip is not None for layer in config.layers),
        layer=one_that(lambda layer: layer.skip is not None),
    ),
)
