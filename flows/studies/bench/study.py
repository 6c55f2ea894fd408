"""Cost of a core of any size.

Generating, building, loading and simulating it.
"""

import dataclasses
import functools
import os
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from golden.data import random_program
from hdl.caches import VARIABLE, CacheEntry

from ...base.bounds import check_integer
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
from .record import ScaleRecord

__all__ = ["STUDY", "run"]

#: Most random images.
_MOST_INPUTS = 10**4

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
    check_integer("inputs", inputs, 1, _MOST_INPUTS)
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
        for library in (directory / "cache" / "native").glob("*/*.so"):
            CacheEntry("native", library.parent.name).make(functools.partial(_copy, library))
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
    os.environ[VARIABLE] = str(cache)
    build_library(source, top)


def _copy(library: Path, place: Path) -> None:
    shutil.copyfile(library, place / library.name)


STUDY = Study(
    name="scale",
    record=ScaleRecord,
    run=run,
    title=lambda result: f"Cost of {result['scale']}",
    markdown=show.to_markdown,
    tables=show.scale_tables,
    sections=show.sections,
    document=Path("docs/benchmarks.md"),
    kind=ResultKind(
        command="bench scale",
        record=ScaleRecord,
        member="bit_macs_per_pass",
        directory="scale",
        stem=lambda result: result["scale"],
    ),
)
