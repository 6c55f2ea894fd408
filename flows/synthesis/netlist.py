"""Step from Verilog to verified netlists."""

import dataclasses
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cocotb_tests.runner.simulators import Simulator, find_simulator
from hdl.config import InputError

from ..base.bounds import check_choices
from ..base.console import OnProgress
from ..base.files import make_directory, write_atomically
from ..base.products import Products
from ..base.provenance import Provenance, provenance
from ..base.record import Record
from ..base.yosys import Yosys
from ..road.generate import load_program, program_input
from .mapped_core import NETLIST, SEQUENCES, MappedCore
from .netlist_equivalence import BlockEquivalence, Outcome
from .targets import TARGETS

__all__ = ["LIMIT", "NETLIST_TARGETS", "Netlist", "NetlistTarget", "netlist"]

#: Targets whose cells have models.
NETLIST_TARGETS = tuple(name for name, target in TARGETS.items() if target.cells)

#: Seconds of processor time for each attempt to decide a block.
LIMIT = 5

#: Simulators of each target, the faster first: Icarus reads in seconds a netlist that Verilator compiles for minutes,
#: but it cannot read the models of ECP5.
_SIMULATORS: Mapping[str, Sequence[str]] = {
    "ice40": ("icarus", "verilator"),
    "ecp5": ("verilator",),
    "xilinx": ("icarus", "verilator"),
}

#: Mapping, tests and equivalence.
_STEPS = 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class NetlistTarget:
    """Comparison of a netlist with the RTL."""

    target: str
    """Name of the target."""

    title: str
    """Title for tables."""

    cells: int
    """Cells in the modules of the netlist, each module once."""

    simulator: str
    """Simulator and its version."""

    tests: int
    """Tests of the core that ran on it."""

    failed: int
    """Tests that failed."""

    seconds: Mapping[str, float]
    """Wall time of mapping, tests and equivalence."""

    blocks: tuple[BlockEquivalence, ...]
    """Blocks of the netlist."""

    log: str | None
    """Name of the log among the products, if a test failed."""

    @property
    def same(self) -> bool:
        """Whether no test failed and no block differs."""
        return not self.failed and self.count(Outcome.DIFFERENT) == 0

    def count(self, outcome: Outcome) -> int:
        """Return the number of blocks with that outcome."""
        return sum(each.outcome is outcome for each in self.blocks)


class Netlist(Record):
    """Contents of ``netlist.json``."""

    provenance: Provenance
    """Configuration, versions and the Program."""

    yosys: str
    """Version of Yosys."""

    seed: int
    """Seed of the tests."""

    sequences: int
    """Sequences of random traffic in the tests."""

    limit: int
    """Seconds of processor time for each attempt to decide a block."""

    targets: tuple[NetlistTarget, ...]
    """Result of every target."""


def netlist(
    products: Products,
    *,
    targets: Sequence[str],
    simulator: str | None = None,
    seed: int = 0,
    limit: int = LIMIT,
    on_progress: OnProgress,
) -> Netlist:
    """Map the core, compare it with the RTL, write ``netlist.json`` and ``netlist/<target>.v`` and return the result.

    Parameters
    ----------
    products
        Source of the Program, whose integers the memories hold, and directory of the results.
    targets
        Names of targets; all when there are none.
    simulator
        Simulator of the tests of the core, by default the fastest that is installed.
    seed
        Seed of the tests.
    limit
        Seconds of processor time for each attempt to decide a block.
    on_progress
        Called with the number of finished steps: mapping, tests and equivalence of every target.

    Raises
    ------
    InputError
        A target or the Program cannot be used, or a tool is missing.
    """
    if products.config.macro is not None:
        raise InputError("macro must be omitted: the tests of the core have no device model for a netlist's arrays")
    check_choices("target", targets, NETLIST_TARGETS)
    names = list(dict.fromkeys(targets or NETLIST_TARGETS))
    simulators = {name: _simulator(name, simulator) for name in names}
    yosys, program = Yosys.find(), load_program(products)
    make_directory(products.directory / "netlist")
    found = []
    with tempfile.TemporaryDirectory(prefix="bayescim-netlist-") as scratch:
        for index, name in enumerate(names):
            core = MappedCore(program=program, target=TARGETS[name], directory=Path(scratch) / name, yosys=yosys)
            on_progress(index * _STEPS, len(names) * _STEPS)
            found.append(_verify(products, core, simulators[name], seed, limit))
        on_progress(len(names) * _STEPS, len(names) * _STEPS)
    result = Netlist(
        provenance=provenance(products.config, {"program": program_input(products)}),
        yosys=yosys.version,
        seed=seed,
        sequences=SEQUENCES,
        limit=limit,
        targets=tuple(found),
    )
    result.write(products.directory / "netlist.json")
    return result


def _simulator(target: str, name: str | None) -> Simulator:
    able = _SIMULATORS[target]
    if name is not None:
        found = find_simulator(name)
        if name not in able:
            raise InputError(f"simulator must be {' or '.join(able)} for {target}, not {name!r}")
        return found
    refusals = []
    for each in able:
        try:
            return find_simulator(each)
        except InputError as error:
            refusals.append(error)
    raise refusals[0]


def _verify(products: Products, core: MappedCore, simulator: Simulator, seed: int, limit: int) -> NetlistTarget:
    name, log = core.target.name, None
    times = [time.monotonic()]
    core.map()
    write_atomically(products.directory / "netlist" / f"{name}.v", (core.directory / NETLIST).read_bytes())
    times.append(time.monotonic())
    tests = core.test(simulator, seed=seed)
    if tests.failed:
        log = f"netlist-{name}.log"
        write_atomically(products.directory / log, tests.log.read_bytes())
    times.append(time.monotonic())
    blocks = core.compare(limit=limit)
    times.append(time.monotonic())
    return NetlistTarget(
        target=name,
        title=core.target.title,
        cells=core.cells,
        simulator=f"{simulator.name} {simulator.version}",
        tests=tests.tests,
        failed=tests.failed,
        seconds={
            step: round(end - start, 1)
            for step, start, end in zip(("mapping", "tests", "equivalence"), times, times[1:], strict=False)
        },
        blocks=tuple(blocks),
        log=log,
    )
