"""A fuzzer that finds what it is to find, and a short run of it."""

import dataclasses

import pytest
import typer

from flows.commands import register
from flows.studies.registry import find_studies
from flows.verify.fuzz.case import Outcome
from flows.verify.fuzz.command_lines import commands_of, random_case
from flows.verify.fuzz.fuzz import KINDS_OF_CASES, _judge, fuzz
from flows.verify.fuzz.kinds import KINDS, damaged_case
from flows.verify.fuzz.sandbox import fill_sandbox
from flows.verify.fuzz.wholeness import is_whole
from flows.verify.fuzz.workers import Worker, run_alone


@pytest.fixture(scope="module")
def sandbox(once):
    return once("fuzz", lambda directory: fill_sandbox(directory / "files")) / "files"


@pytest.fixture(scope="module")
def commands():
    """The commands as the program has them."""
    app = typer.Typer()
    register(app, find_studies())
    return commands_of(typer.main.get_command(app))


def test_every_command_is_tried(commands):
    assert {"train", "simulate", "chips", "compare"} <= {each.name for each in commands}
    cases = [random_case(commands, number, seed=0) for number in range(900)]
    assert {each.name for each in commands} <= {case.arguments[0] for case in cases if case.arguments}
    tried = {argument for case in cases for argument in case.arguments if argument.startswith("--")}
    options = {name for each in commands for option in each.options for name in option.names if name[:2] == "--"}
    assert options - {"--vectors"} <= tried


def test_the_same_seed_gives_the_same_cases(commands, sandbox):
    for number in range(5):
        assert random_case(commands, number, 3) == random_case(commands, number, 3) != random_case(commands, number, 4)
        for kind in KINDS:
            assert damaged_case(sandbox, kind, number, 3) == damaged_case(sandbox, kind, number, 3)


def test_files_are_damaged(sandbox):
    """Nearly always: a cut at the end, or a line in its own place, is none."""
    for kind in KINDS:
        same = 0
        for number in range(40):
            [(place, content)] = damaged_case(sandbox, kind, number, 0).damaged.items()
            same += content == (sandbox / place).read_bytes()
        assert same < 10, kind


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome(0, "", "", 1), None),
        (Outcome(1, "", "they differ", 1), None),
        (Outcome(2, "", "a notice\nbayescim: passes must be 1, not 0\n", 1), None),
        (Outcome(2, "", "", 1), "refused without a line that says why"),
        (Outcome(2, "", "bayescim: \n", 1), "refused without a line that says why"),
        (Outcome(2, "", "bayescim: unforeseen KeyError: 'x'", 1), "unforeseen"),
        (Outcome(1, "", "Traceback (most recent call last):\n", 1), "Traceback (most recent call last)"),
        (Outcome(3, "", "", 1), "exit code 3"),
        (Outcome(None, "", "ended with -27", 60), "killed: ended with -27"),
    ],
)
def test_judgement(outcome, reason):
    assert _judge(outcome) == reason


def test_what_is_not_whole(sandbox, tmp_path):
    judged = set()
    for path in (sandbox / "products").iterdir():
        if path.is_file() and path.suffix not in (".toml", ".md"):
            assert is_whole(path), path
            half = tmp_path / path.name
            half.write_bytes(path.read_bytes()[:-30])
            assert not is_whole(half), path
            judged.add(path.suffix)
    assert {".json", ".npz", ".safetensors", ".v"} <= judged


def test_worker_survives_what_it_runs(sandbox, tmp_path):
    """A command that ends its process, or none, does not end the fuzzer; one that does not end is killed."""
    with Worker() as worker:
        same = worker.run(["schema"], sandbox, 60)
        assert same == dataclasses.replace(run_alone(["schema"], sandbox, 60), seconds=same.seconds)
        assert worker.run(["train", "nothing"], tmp_path, 60).code == 2
        plugin = tmp_path / "own"
        (plugin / "study").mkdir(parents=True)
        (plugin / "pyproject.toml").write_text(
            '[project]\nname = "own"\n[project.entry-points."bayescim.studies"]\nown = "study"\n'
        )
        (plugin / "study" / "__init__.py").touch()
        (plugin / "study" / "study.py").touch()
        for body, said in (("while True: pass", "ended with"), ("import os; os._exit(5)", "ended with 5")):
            (plugin / "study" / "command.py").write_text(f"def own():\n    {body}\nCOMMAND = own\n")
            outcome = worker.run(["--plugin", str(plugin), "own"], tmp_path, 1)
            assert (outcome.code, outcome.err[: len(said)]) == (None, said)
        assert worker.run(["schema"], sandbox, 60).code == 0


def test_command(bayescim):
    answer = bayescim("fuzz", "nothing")
    assert answer.code == 2
    assert answer.err.startswith(f"bayescim: kinds must be one of {', '.join(KINDS_OF_CASES)}, not 'nothing'")


def test_short_run(commands, sandbox):
    """A few of each kind, but for Verilog, which runs Yosys; `bayescim fuzz` runs as many as there is time for."""
    told = []
    for kinds, count in ((["command line"], 12), ([each for each in KINDS if each != "verilog"], 3)):
        tallies = fuzz(
            commands,
            sandbox,
            kinds=kinds,
            count=count,
            seed=1,
            on_case=lambda case, fault: told.append((case, fault)),
        )
        assert [(fault.case, fault.reason, fault.outcome) for each in tallies for fault in each.faults] == []
        assert [each.cases for each in tallies] == [count] * len(kinds)
        assert sum(each.refused for each in tallies) > len(kinds)
    assert len(told) == 12 + 3 * (len(KINDS) - 1)
