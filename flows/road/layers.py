"""Every layer of one input: RTL beside golden."""

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from golden.model.core_model import core_model
from hdl.contract.program import Program

from ..base.console import OnProgress
from .native import NativeCore, build_library
from .native.preparation import load as load_core
from .native.preparation import loading_writes, start

__all__ = ["LayerComparison", "LayersComparison", "Mismatch", "compare_layers"]

Bits = npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mismatch:
    """One activation that differs."""

    layer: int
    """Hidden layer, from 0."""

    pass_index: int
    """Monte-Carlo pass, from 0."""

    position: int
    """Position of a convolution's output before pooling, row by row from the top left; otherwise 0."""

    channel: int
    """Channel of a convolution, or neuron."""

    golden: int
    """What the integer model has; the RTL has the other bit."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LayerComparison:
    """In how many activations a hidden layer of RTL and golden differs."""

    layer: int
    """Hidden layer, from 0."""

    compared: int
    """Activations that were compared: passes × positions × neurons."""

    mismatches: int
    """Those of them that differ."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LayersComparison:
    """All hidden layers of one input."""

    layers: tuple[LayerComparison, ...]
    """Each layer."""

    first: Mismatch | None
    """Of the lowest layer that differs, its first activation that does."""

    build_seconds: float
    """Time to build a library whose neurons can be watched, next to nothing when it was cached."""

    seconds: float
    """Time to load, to simulate and to compare."""


def compare_layers(
    program: Program,
    verilog: Path,
    pixels: npt.NDArray[np.integer],
    *,
    passes: int,
    load: bool,
    on_progress: OnProgress | None = None,
) -> LayersComparison:
    """Compare what the neurons of each hidden layer give, before pooling, in every pass of the first input.

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
        Called with the number of passes that were compared and in all.

    Raises
    ------
    InputError
        The core cannot be built, or has no neurons where they are looked for.
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
