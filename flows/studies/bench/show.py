"""Tables of speed and cost, and their Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ..study import Shown

__all__ = ["golden_tables", "noise_tables", "scale_tables", "sections", "simulate_tables", "to_markdown"]

_MIB, _GIB = 2**20, 2**30

_FIGURES = ["figure", "value"]


def golden_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the speed of the integer model beside float passes."""
    rows = [
        [
            f"T = {each['passes']}",
            f"{each['integer']['median']:,.0f}",
            f"{each['floating']['median']:,.0f}",
            "{median:.1f} ({lowest:.1f} to {highest:.1f})".format(**each["speedup"]),
            f"{each['agreement']:.2%}",
        ]
        for each in result["comparisons"]
    ]
    threads, repeats = result["threads"], result["repeats"]
    title = f"Golden, {result['name']}: {result['images']:,} images, {threads} threads, medians of {repeats}"
    columns = ["passes", "integer model, images/s", "float passes, images/s", "speed-up", "same class"]
    return [table(title, columns, rows)]


def noise_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the speed of fresh noise in output space, and weight by weight."""
    rows = [
        ["output space, images/s", _range(result["output_space"], ",.0f")],
        ["every cell, images/s", _range(result["cells"], ",.1f")],
        ["every weight from its P, images/s", _range(result["bernoulli"], ",.1f")],
        ["speed-up over every cell", _range(result["over_cells"], ",.0f")],
        ["speed-up over every weight", _range(result["over_bernoulli"], ",.0f")],
    ]
    threads, repeats = result["threads"], result["repeats"]
    title = f"Fresh noise, {result['name']}, T = {result['passes']}, {threads} threads, medians of {repeats}"
    return [table(title, _FIGURES, rows)]


def _range(figure: Mapping[str, float], form: str) -> str:
    return f"{figure['median']:{form}} ({figure['lowest']:{form}} to {figure['highest']:{form}})"


def simulate_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the speed of the native simulation beside cocotb."""
    native = result["native"]
    rows = [
        ["native, inputs/s", f"{native['inputs_per_second']:,.1f}"],
        ["native, bit-MAC/s", f"{native['bit_macs_per_second'] / 1e9:,.2f} G"],
        ["cocotb on Icarus, inputs/s", f"{result['cocotb_icarus']['inputs_per_second']:,.4f}"],
        ["speed-up", f"{result['speedup']:,.0f}"],
    ]
    return [table(f"RTL simulation, {result['name']}, T = {result['passes']}", _FIGURES, rows)]


def scale_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the cost of a core as a table."""
    return [table(f"Scale of {result['scale']}", _FIGURES, _rows(result))]


def to_markdown(*results: Mapping[str, Any]) -> str:
    """Return the costs of cores side by side as Markdown."""
    columns = [_rows(each) for each in results]
    rows = [[rows[0][0], *(value for _, value in rows)] for rows in zip(*columns, strict=True)]
    return markdown.table(["", *(f"`{each['scale']}`" for each in results)], rows)


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document: all cores side by side."""
    found = [each.result for each in results]
    return {"scale": to_markdown(*found) if found else "Not measured yet.\n"}


def _rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return name and value of each figure."""
    generated, built, machine, equivalence = (result[key] for key in ("generate", "build", "machine", "equivalence"))
    return [
        ["weights", f"{result['weights']:,}"],
        ["operations of a further pass", f"{result['bit_macs_per_pass'] / 1e6:,.2f} M bit-MAC"],
        ["generate", _cost(generated)],
        ["Verilog", f"{result['verilog_bytes'] / _MIB:,.1f} MiB"],
        ["Verilator and compiler", _cost(built)],
        ["library", f"{result['library_bytes'] / _MIB:,.1f} MiB"],
        ["load through the register port", f"{result['loading_seconds']:,.1f} s"],
        ["images × passes", f"{result['inputs']:,} × {result['passes']}"],
        ["logits that differ from golden", f"{equivalence['mismatches']:,} of {equivalence['compared']:,}"],
        ["clock cycles per image", f"{result['cycles_per_input']:,.1f}"],
        ["seconds per image", f"{result['seconds'] / result['inputs']:,.3g}"],
        ["simulated speed", f"{result['bit_macs_per_second'] / 1e9:,.2f} G bit-MAC/s"],
        ["cores simulated side by side", f"{result['workers']}"],
        [
            "machine",
            f"{machine['processors']} processors, {machine['architecture']}, {machine['memory_bytes'] / _GIB:,.0f} GiB",
        ],
    ]


def _cost(measured: Mapping[str, float]) -> str:
    seconds, processors, peak = (measured[name] for name in ("seconds", "processor_seconds", "peak_bytes"))
    return f"{seconds:,.1f} s ({processors:,.1f} s of processors), {peak / _MIB:,.0f} MiB"
