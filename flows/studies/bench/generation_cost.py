"""What a core of any size costs to generate, to build and to simulate."""

import dataclasses
import os
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from golden.data.synthetic import random_program
from hdl.config import InputError

from ...base.console import OnProgress, table
from ...base.files import to_json, write_atomically
from ...base.products import Products
from ...base.provenance import provenance
from ...road.equivalence import run_both
from ...road.native.build import build_library, cache_directory
from ...road.native.simulation import bit_macs_per_input
from .cost import cost, generate_empty

__all__ = ["bench_scale", "render_scale"]

#: Seed of the random Program and pixels.
_SEED = 0

_MIB, _GIB = 2**20, 2**30


def bench_scale(products: Products, *, inputs: int, on_progress: OnProgress) -> tuple[dict[str, Any], list[Table]]:
    """Generate the core with empty memories, build it, load random integers, and compare random images with golden.

    Each step is measured anew, whatever is there already. Writes ``scale.json``; returns what is in it and what a
    terminal shows of it.

    Raises
    ------
    InputError
        ``inputs`` is out of range, or the core cannot be built.
    """
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
    result = {
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
    write_atomically(products.scale, to_json(result).encode())
    return result, [table(f"Scale of {config.name}", ["figure", "value"], [list(row) for row in _rows(result)])]


def render_scale(results: list[dict[str, Any]]) -> str:
    """Return the figures of cores side by side, as a table for the documents."""
    if not results:
        return "Not measured yet.\n"
    names = [each["scale"] for each in results]
    lines = [f"| | {' | '.join(f'`{name}`' for name in names)} |", "|---" * (len(names) + 1) + "|"]
    columns = [_rows(each) for each in results]
    for rows in zip(*columns, strict=True):
        lines.append(f"| {rows[0][0]} | {' | '.join(value for _, value in rows)} |")
    return "\n".join(lines) + "\n"


def _rows(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Return name and value of each figure."""
    generated, built, machine, equivalence = (result[key] for key in ("generate", "build", "machine", "equivalence"))
    return [
        ("weights", f"{result['weights']:,}"),
        ("operations of a further pass", f"{result['bit_macs_per_pass'] / 1e6:,.2f} M bit-MAC"),
        ("generate", _cost(generated)),
        ("Verilog", f"{result['verilog_bytes'] / _MIB:,.1f} MiB"),
        ("Verilator and compiler", _cost(built)),
        ("library", f"{result['library_bytes'] / _MIB:,.1f} MiB"),
        ("load through the register port", f"{result['loading_seconds']:,.1f} s"),
        ("images × passes", f"{result['inputs']:,} × {result['passes']}"),
        ("logits that differ from golden", f"{equivalence['mismatches']:,} of {equivalence['compared']:,}"),
        ("clock cycles per image", f"{result['cycles_per_input']:,.1f}"),
        ("seconds per image", f"{result['seconds'] / result['inputs']:,.3g}"),
        ("simulated speed", f"{result['bit_macs_per_second'] / 1e9:,.2f} G bit-MAC/s"),
        ("cores simulated side by side", f"{result['workers']}"),
        (
            "machine",
            f"{machine['processors']} processors, {machine['architecture']}, {machine['memory_bytes'] / _GIB:,.0f} GiB",
        ),
    ]


def _cost(measured: dict[str, float]) -> str:
    seconds, processors, peak = (measured[name] for name in ("seconds", "processor_seconds", "peak_bytes"))
    return f"{seconds:,.1f} s ({processors:,.1f} s of processors), {peak / _MIB:,.0f} MiB"


def _build(source: Path, top: str, cache: Path) -> None:
    os.environ["BAYESCIM_CACHE"] = str(cache)
    build_library(source, top)
