"""Step from Verilog to placement and routing.

With its frequency and its critical path.
"""

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pydantic_core

from cocotb_tests.runner.programs import run_program
from hdl.axi import AxiCore
from hdl.config import InputError
from hdl.verilog import ColumnCells, Hierarchy, to_verilog

from ..base.bounds import check_choices
from ..base.console import OnProgress
from ..base.products import Products
from ..base.provenance import Provenance, provenance
from ..base.record import Record
from ..base.yosys import Yosys
from ..road.generate import load_program, program_input
from .nextpnr import find_nextpnr
from .parts import PARTS, Part
from .pin_shell import SHELL, pin_shell
from .targets import CELLS
from .timing import Arrival, Segment, arrivals, critical_path, frequency

__all__ = ["Placement", "place"]

_NETLIST = "netlist.json"
_REPORT = "report.json"


class Placement(Record):
    """Placement of a core with several seeds: contents of ``place-TARGET.json``."""

    provenance: Provenance
    """Configuration, versions and the Program, if any."""

    target: str
    """Name of the target."""

    device: str
    """Device, speed and package."""

    pipeline: int
    """Register stages of the configuration."""

    goal: float
    """Target frequency, in MHz."""

    tools: Mapping[str, str]
    """Versions of Yosys and nextpnr, which the numbers depend on."""

    frequencies: Mapping[int, float]
    """Highest frequency with each seed, in MHz."""

    mean: float
    """Mean of the frequencies, in MHz."""

    spread: float
    """Difference between the highest and the lowest frequency, in MHz."""

    utilization: Mapping[str, tuple[int, int]]
    """Cells used and available, for each kind in use, including the pin shell."""

    shell: int
    """Flip-flops of the pin shell, included above."""

    path: tuple[Segment, ...]
    """Critical path with the slowest seed."""

    slowest: tuple[Arrival, ...]
    """Slowest path into each block with that seed."""


def place(products: Products, *, target: str, seeds: Sequence[int], on_progress: OnProgress) -> Placement:
    """Map, place and route the core, write ``place-<target>.json`` and return its contents.

    The memories have the contents of the Program among the products, if there is one. The hierarchy is flattened before
    mapping, as in a user's own flow, and the ports are behind a shell of shift registers.

    Parameters
    ----------
    products
        Source of the Program, and directory of the result.
    target
        Name of a device.
    seeds
        Seeds of the placement, one run each.
    on_progress
        Called with the number of finished runs, mapping included.

    Raises
    ------
    InputError
        There is no such device, a tool is missing, or the core does not fit.
    """
    check_choices("target", [target], PARTS)
    if not seeds:
        raise InputError("seeds must be at least one, not none")
    device, config = PARTS[target], products.config
    yosys, (nextpnr, version) = Yosys.find(), find_nextpnr(device)
    program = load_program(products) if products.program.exists() else None
    seeds = list(dict.fromkeys(seeds))
    on_progress(0, 1 + len(seeds))
    with tempfile.TemporaryDirectory(prefix=".place-", dir=products.directory) as name:
        directory = Path(name)
        core = AxiCore(config, program)
        shell = _map(directory, core, config.name, device, yosys)
        reports = {}
        for done, seed in enumerate(seeds, start=1):
            on_progress(done, 1 + len(seeds))
            options = ["--json", _NETLIST, "--report", _REPORT, "--detailed-timing-report", "--timing-allow-fail"]
            options += ["--freq", str(device.goal), "--seed", str(seed), "--quiet"]
            _run((*nextpnr, *device.options, *options), directory, f"placement for {target}")
            reports[seed] = pydantic_core.from_json((directory / _REPORT).read_bytes())
        on_progress(1 + len(seeds), 1 + len(seeds))
    frequencies = {seed: frequency(report) for seed, report in reports.items()}
    hierarchy = Hierarchy(core)
    slowest = reports[min(frequencies, key=frequencies.__getitem__)]
    result = Placement(
        provenance=provenance(config, {} if program is None else {"program": program_input(products)}),
        target=target,
        device=device.title,
        pipeline=config.hardware.pipeline,
        goal=device.goal,
        tools={"yosys": yosys.version, "nextpnr": version},
        frequencies=frequencies,
        mean=statistics.fmean(frequencies.values()),
        spread=max(frequencies.values()) - min(frequencies.values()),
        utilization={
            kind: (each["used"], each["available"]) for kind, each in slowest["utilization"].items() if each["used"]
        },
        shell=shell,
        path=tuple(critical_path(slowest, hierarchy)),
        slowest=tuple(arrivals(slowest, hierarchy)),
    )
    result.write(products.directory / f"place-{target}.json")
    return result


def _map(directory: Path, core: AxiCore, name: str, device: Part, yosys: Yosys) -> int:
    """Write the netlist of ``core`` in its shell and return the number of flip-flops of the shell."""
    target, shell = device.target, f"{SHELL}.v"
    (directory / "core.v").write_text(to_verilog(core, name, ColumnCells()), encoding="utf-8")
    (directory / shell).write_text(pin_shell(core, name), encoding="utf-8")
    for file in target.cells:
        (directory / file).write_bytes((CELLS / file).read_bytes())
    script = (
        f"read_verilog {' '.join(('core.v', shell, *target.cells))}",
        f"hierarchy -top {SHELL}",
        "flatten",
        # Yosys would merge equal registers, whatever the attribute of their signals: cells must have it.
        "proc",
        "setattr -set keep 1 a:keep %ci1:+$dff[Q] t:$dff %i",
        *(command.format(top=SHELL) for command in target.script),
        f"write_json {_NETLIST}",
    )
    (directory / "map.ys").write_text("\n".join(script) + "\n", encoding="utf-8")
    _run((*yosys.command, "-q", "map.ys"), directory, f"synthesis for {target.name}")
    netlist = pydantic_core.from_json((directory / _NETLIST).read_bytes())
    cells = netlist["modules"][SHELL]["cells"].values()
    return sum(
        target.kind(cell["type"]) == "flip-flops" and shell in cell["attributes"].get("src", "") for cell in cells
    )


def _run(command: Sequence[str], directory: Path, what: str) -> None:
    done = run_program(command, directory=directory)
    if done.code:
        raise InputError(f"{what} failed: {done.reason}")
