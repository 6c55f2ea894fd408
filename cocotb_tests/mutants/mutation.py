"""Verification of the tests by deliberate bugs.

Each mutant is made in a copy of ``hdl``. The testbench of its block and that of the core run on the Verilog of the
copy; a mutant that no test notices is a hole in the tests.
"""

import dataclasses
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hdl

from ..runner.programs import run_program
from .mutant import Mutant
from .mutants import MUTANTS

__all__ = ["Verdict", "judge", "to_markdown"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """Tests that noticed a mutant."""

    mutant: Mutant
    """The bug."""

    block_tests: tuple[str, ...]
    """Tests of the block that failed."""

    core_tests: tuple[str, ...]
    """Tests of the core that failed."""

    @property
    def caught(self) -> bool:
        """Whether any test failed."""
        return bool(self.block_tests or self.core_tests)


def judge(
    mutants: Sequence[Mutant] = MUTANTS,
    *,
    simulator: str = "icarus",
    on_verdict: Callable[[Verdict], None] | None = None,
) -> list[Verdict]:
    """Run the testbench of the block and that of the core on every mutant, one per processor at a time.

    Parameters
    ----------
    mutants
        Mutants to judge.
    simulator
        Where the testbenches run.
    on_verdict
        Called with each verdict, in any order.

    Raises
    ------
    RuntimeError
        A testbench fails on the correct source as well, so that it proves nothing.
    """

    def verdict(mutant: Mutant) -> Verdict:
        found = _verdict(mutant, simulator)
        if on_verdict is not None:
            on_verdict(found)
        return found

    place = Path(hdl.__path__[0]).parent
    blocks = dict.fromkeys((mutant.block, mutant.layer, mutant.configuration) for mutant in mutants)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        sound = pool.map(lambda each: _failures(place, each[0], each[1], each[2], simulator), blocks)
        for (block, *_), failed in zip(blocks, sound, strict=True):
            if failed:
                raise RuntimeError(f"the testbench of {block} fails without a bug: {', '.join(failed)}")
        return list(pool.map(verdict, mutants))


def to_markdown(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as a table."""
    lines = ["| block | bug | caught by the block's test | caught by the core's test |", "|---|---|---|---|"]
    for verdict in verdicts:
        cells = (_listed(verdict.block_tests), _listed(verdict.core_tests))
        lines.append(f"| `{verdict.mutant.block}` | {verdict.mutant.bug} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def _listed(tests: tuple[str, ...]) -> str:
    """Name the first test and count the others: stalls multiply them."""
    if not tests:
        return "—"
    return f"`{tests[0]}`" + (f" and {len(tests) - 1} more" if len(tests) > 1 else "")


def _verdict(mutant: Mutant, simulator: str) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="bayescim-mutant-") as scratch:
        place = Path(scratch)
        shutil.copytree(hdl.__path__[0], place / "hdl", ignore=shutil.ignore_patterns("__pycache__"))
        mutant.apply(place / "hdl")
        core = "macro_core" if mutant.configuration.startswith("macro") else "core"
        return Verdict(
            mutant=mutant,
            block_tests=_failures(place, mutant.block, mutant.layer, mutant.configuration, simulator),
            core_tests=() if mutant.block == core else _failures(place, core, 0, mutant.configuration, simulator),
        )


def _failures(place: Path, block: str, layer: int, configuration: str, simulator: str) -> tuple[str, ...]:
    """Return the tests of ``block`` that fail with the ``hdl`` in ``place``, judged by a process of its own."""
    path = os.pathsep.join([str(place), *(entry for entry in sys.path if entry)])
    command = [sys.executable, "-m", "cocotb_tests.mutants.failures", block, str(layer), configuration, simulator]
    done = run_program(command, environment={"PYTHONPATH": path}, directory=place)
    if done.code:
        # Not a test, but Amaranth or the simulator refuses it.
        return ("the build",)
    return tuple(json.loads(done.output.splitlines()[-1]))
