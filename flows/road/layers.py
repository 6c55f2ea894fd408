"""Comparison of every layer of one input.

RTL with golden.
"""

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from golden.model import core_model
from hdl.contract import Program

from ..base.console import OnProgress
from .native import NativeCore, build_library
from .native.preparation import load as load_core
from .native.preparation import loading_writes, start

__all__ = ["LayerComparison", "LayersComparison", "Mismatch", "compare_layers"]

Bits = npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mismatch:
    """Activation that differs."""

    layer: int
    """Hidden layer, from 0."""

    pass_index: int
    """Monte-Carlo pass, from 0."""

    position: int
    """Position of a convolution's output before pooling, row by row from the top left; otherwise 0."""

    channel: int
    """Channel of a convolution, or neuron."""

    golden: int
    """Activation of the integer model; the RTL has the opposite bit."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LayerComparison:
    """Comparison of a hidden layer's activations."""

    layer: int
    """Hidden layer, from 0."""

    compared: int
    """Compared activations: passes × positions × neurons."""

    mismatches: int
    """Activations that differ."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LayersComparison:
    """All hidden layers of one input."""

    layers: tuple[LayerComparison, ...]
    """Each layer."""

    first: Mismatch | None
    """First different activation of the lowest layer that has one."""

    build_seconds: float
    """Time to build a library with visible neurons, almost none when it was cached."""

    seconds: float
    """Time to load, simulate and compare."""


def compare_layers(
    program: Program,
    verilog: Path,
    pixels: npt.NDArray[np.integer],
    *,
    passes: int,
    load: bool,
    on_progress: OnProgress | None = None,
) -> LayersComparison:
    """Compare the activations of each hidden layer, before pooling, in every pass of the first input.

    Parameters
    ----------
    program
        Program of the core.
    verilog
        Core generated for the Program's configuration.
    pixels
        Shape (inputs,).
    passes
        Monte-Carlo passes.
    load
        Load the Program through the register port; otherwise the core must have been generated with it.
    on_progress
        Called with the number of compared passes and their total.

    Raises
    ------
    InputError
        The core cannot be built, or lacks the expected neurons.
    RuntimeError
        The core refused an access, stopped, or a layer gave more or fewer vectors than it has.
    """
    config, hidden = program.config, program.config.hidden_layers
    begin = time.perf_counter()
    library = build_library(verilog, config.name, visible=True)
    built = time.perf_counter()
    core = NativeCore(library, config)
    if load:
        load_core(core, loading_writes(program))
    start(core, program, passes, inputs=1)
    for layer in hidden:
        core.watch(layer.index)
    core.run(pixels[None], passes)

    found = []
    for layer in hidden:
        bits = core.activations(layer.index)
        if len(bits) != passes * layer.vectors:
            raise RuntimeError(f"layer {layer.index} gave {len(bits)} vectors, not {passes * layer.vectors}")
        found.append(bits.reshape(passes, layer.vectors, layer.outputs))
    mismatches = [0] * len(hidden)
    firsts: dict[int, Mismatch] = {}
    for index, expected in enumerate(_golden(program, pixels, passes)):
        for layer, wanted in zip(hidden, expected, strict=True):
            different = np.argwhere(found[layer.index][index] != wanted)
            mismatches[layer.index] += len(different)
            if len(different) and layer.index not in firsts:
                position, channel = map(int, different[0])
                firsts[layer.index] = Mismatch(
                    layer=layer.index,
                    pass_index=index,
                    position=position,
                    channel=channel,
                    golden=int(wanted[position, channel]),
                )
        if on_progress is not None:
            on_progress(index + 1, passes)
    return LayersComparison(
        layers=tuple(
            LayerComparison(layer=layer.index, compared=bits.size, mismatches=mismatches[layer.index])
            for layer, bits in zip(hidden, found, strict=True)
        ),
        first=firsts[min(firsts)] if firsts else None,
        build_seconds=built - begin,
        seconds=time.perf_counter() - built,
    )


def _golden(program: Program, pixels: npt.NDArray[np.integer], passes: int) -> Iterator[list[Bits]]:
    """Yield the activations of each hidden layer before pooling, shape (positions, neurons), pass by pass."""
    model = core_model(program)
    image = torch.from_numpy(pixels.astype(np.int64))[None]
    for index in range(passes):
        fired = model.trace(image, first_pass=index).fired
        hidden = zip(program.config.hidden_layers, fired, strict=True)
        yield [own.reshape(layer.vectors, layer.outputs).numpy() for layer, own in hidden]
