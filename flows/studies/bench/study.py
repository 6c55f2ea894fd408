"""Cost of a core of any size.

Generating, building, loading and simulating it.
"""

import dataclasses
import os
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from golden.data import random_program
from hdl.config import InputError

from ...base.cache import cache_directory
from ...base.console import OnProgress
from ...base.products import Products
from ...base.provenance import provenance
from ...road.equivalence import run_both
from ...road.native.build import build_library
from ...road.native.simulation import bit_macs_per_input
from ..result_kind import ResultKind
from ..study import Study
from . import show
from .cost import cost, generate_empty
from .options import ScaleOptions

__all__ = ["STUDY", "run"]

#: Seed of the random Program and pixels.
_SEED = 0


def run(products: Products, options: ScaleOptions, *, on_progress: OnProgress) -> dict[str, Any]:
    """Generate the core with empty memories, build it, load random integers, and compare random images with golden.

    Each step is measured anew, whatever is there already.

    Raises
    ------
    InputError
        ``inputs`` is out of range, or the core cannot be built.
    """
    inputs = options.inputs
    if inputs < 1:
        raise InputError(f"inputs must be at least 1, not {inputs}")
    config = products.config
    rng = np.random.default_rng(_SEED)
    program = random_program(config, rng)
    pixels = rng.integers(0, config.layers[0].plane_gain, (inputs, config.network.inputs), endpoint=True)
    with tempfile.TemporaryDirectory(prefix="bayescim-bench-") as name:
        directory = Path(name)
        source = directory / f"{config.name}.v"
        generated = cost(generate_empty, config, directory)
        built = cost(_build, source, config.name, directory / "cache")
        library_bytes = sum(path.stat().st_size for path in directory.rglob("*.so"))
        shutil.copytree(directory / "cache", cache_directory(), dirs_exist_ok=True)
        simulation, _, equivalence = run_both(
            program, source, pixels, passes=config.bayes.passes, load=True, on_progress=on_progress
        )
        verilog_bytes = source.stat().st_size
    weights = sum(layer.inputs * layer.outputs for layer in config.layers)
    return {
        "scale": config.name,
        "provenance": provenance(config),
        "machine": {
            "architecture": platform.machine(),
            "processors": os.cpu_count(),
            "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        },
        "weights": weights,
        "bit_macs_per_pass": bit_macs_per_input(config, 2) - bit_macs_per_input(config, 1),
        "generate": dataclasses.asdict(generated),
        "verilog_bytes": verilog_bytes,
        "build": dataclasses.asdict(built),
        "library_bytes": library_bytes,
        "inputs": inputs,
        "passes": config.bayes.passes,
        "workers": simulation.workers,
        "loading_seconds": simulation.loading_seconds,
        "seconds": simulation.seconds,
        "cycles_per_input": simulation.cycles_per_input,
        "bit_macs_per_second": simulation.bit_macs_per_second,
        "equivalence": dataclasses.asdict(equivalence),
    }


def _build(source: Path, top: str, cache: Path) -> None:
    os.environ["BAYESCIM_CACHE"] = str(cache)
    build_library(source, top)


STUDY = Study(
    name="scale",
    run=run,
    title=lambda result: f"Cost of {result['scale']}",
    markdown=show.to_markdown,
    tables=show.scale_tables,
    sections=show.sections,
    document=Path("docs/benchmarks.md"),
    kind=ResultKind(
        command="bench scale", member="bit_macs_per_pass", directory="scale", stem=lambda result: result["scale"]
    ),
)
