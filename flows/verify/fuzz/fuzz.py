"""Running of cases, and judgement of how they ended."""

import dataclasses
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...base.invocation import PARTIAL
from .case import Case, Outcome
from .command_lines import Command, random_case
from .kinds import KINDS, damaged_case
from .wholeness import is_whole
from .workers import Worker, run_alone

__all__ = ["KINDS_OF_CASES", "LIMIT", "Fault", "Tally", "cases", "fuzz"]

#: Kinds of cases: command lines, and those of damaged files.
KINDS_OF_CASES = ("command line", *KINDS)

#: Seconds of the processor that a case may take.
LIMIT = 60.0

#: One of so many cases runs as a program of its own.
_ALONE = 50

#: Exit codes: success, a difference, bad input.
_CODES = (0, 1, 2)

#: Signs of a fault of ours in what a command says.
_SIGNS = ("Traceback (most recent call last)", "unforeseen ", "memory must be enough", "Fatal Python error")


@dataclasses.dataclass(frozen=True)
class Fault:
    """Case that ended as none may."""

    case: Case
    """The case."""

    reason: str
    """Fault in a few words."""

    outcome: Outcome
    """How it ended."""


@dataclasses.dataclass(frozen=True)
class Tally:
    """Figures of one kind of cases."""

    kind: str
    """The kind."""

    cases: int
    """Number of cases."""

    accepted: int
    """Those with the exit code 0 or 1."""

    refused: int
    """Those with the exit code 2."""

    longest: float
    """Longest time of a case, s."""

    faults: tuple[Fault, ...]
    """Cases that ended as none may."""


def fuzz(
    commands: Sequence[Command],
    template: Path,
    *,
    kinds: Sequence[str],
    count: int,
    first: int = 0,
    seed: int,
    seconds: float | None = None,
    on_case: Callable[[Case, Fault | None], None] = lambda *_: None,
) -> list[Tally]:
    """Run ``count`` cases of each kind from number ``first`` on, or as many as there is time for, and judge them.

    Parameters
    ----------
    commands
        Commands of the application.
    template
        Directory that :func:`flows.verify.fuzz.sandbox.fill_sandbox` filled; each case has a copy of it.
    kinds
        Kinds of cases, of :data:`KINDS_OF_CASES`.
    count, first
        Cases of each kind.
    seed
        Seed of all cases.
    seconds
        Time after which no case begins, and before which cases go on beyond ``count``; by default none.
    on_case
        Called with each case that ended, and with its fault if it is one.
    """
    begin = time.monotonic()
    found: dict[str, list[tuple[Case, Outcome, Fault | None]]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="bayescim-fuzz-") as scratch, Worker() as worker:
        for case in cases(commands, template, kinds=kinds, first=first, seed=seed):
            late = seconds is not None and time.monotonic() - begin > seconds
            if late or (seconds is None and case.number >= first + count):
                break
            outcome, fault = _try(case, template, Path(scratch) / f"{case.kind} {case.number}", worker)
            found[case.kind].append((case, outcome, fault))
            on_case(case, fault)
    return [
        Tally(
            kind=kind,
            cases=len(each),
            accepted=sum(outcome.code in (0, 1) for _, outcome, _ in each),
            refused=sum(outcome.code not in (0, 1, None) for _, outcome, _ in each),
            longest=max((outcome.seconds for _, outcome, _ in each), default=0.0),
            faults=tuple(fault for _, _, fault in each if fault is not None),
        )
        for kind, each in found.items()
    ]


def cases(
    commands: Sequence[Command], template: Path, *, kinds: Sequence[str], first: int, seed: int
) -> Iterator[Case]:
    """Yield cases of all ``kinds`` in turn, without an end."""
    number = first
    while True:
        for kind in kinds:
            if kind in KINDS:
                yield damaged_case(template, kind, number, seed)
            else:
                yield random_case(commands, number, seed)
        number += 1


def _try(case: Case, template: Path, sandbox: Path, worker: Worker) -> tuple[Outcome, Fault | None]:
    # Each in a place of its own: what a process remembers of a place is not of this one.
    shutil.copytree(template, sandbox)
    for place, content in case.damaged.items():
        path = sandbox / place
        if content is None:
            path.unlink()
            path.mkdir()
        else:
            path.write_bytes(content)
    before = _contents(sandbox)
    run = run_alone if case.number % _ALONE == _ALONE - 1 else worker.run
    outcome = run(case.arguments, sandbox, LIMIT)
    reason = _judge(outcome) or _judge_files(sandbox, before)
    shutil.rmtree(sandbox)
    return outcome, None if reason is None else Fault(case, reason, outcome)


def _judge(outcome: Outcome) -> str | None:
    """Return what is wrong with the end of a command, None where nothing is."""
    if outcome.code is None:
        return f"killed: {outcome.err}"
    if outcome.code not in _CODES:
        return f"exit code {outcome.code}"
    for sign in _SIGNS:
        if sign in outcome.err or sign in outcome.out:
            return sign.strip()
    if outcome.code == _CODES[-1]:
        lines = outcome.err.splitlines()
        last = lines[-1] if lines else ""
        if not last.removeprefix("bayescim:").strip() or not last.startswith("bayescim: "):
            return "refused without a line that says why"
    return None


def _judge_files(sandbox: Path, before: dict[Path, bytes]) -> str | None:
    """Return what is wrong with the files that a command left, None where nothing is."""
    for path, content in _contents(sandbox).items():
        if any(part.endswith(PARTIAL) for part in path.relative_to(sandbox).parts):
            return f"{path.relative_to(sandbox)} was left"
        if before.get(path) != content and not is_whole(path):
            return f"{path.relative_to(sandbox)} is not whole"
    return None


def _contents(sandbox: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sandbox.rglob("*") if path.is_file()}
