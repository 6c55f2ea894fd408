"""A program that is asked to end ends within two seconds, with its children, and tells what is kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.base.interruption import descendants

PROGRAM = (sys.executable, "-m", "flows")

#: Seconds within which the program ends, and what a busy machine takes to report it.
LIMIT = 2
SLACK = 3

#: Seconds until what a test waits for has to be there.
PATIENCE = 120


def start(*command, **environment):
    return subprocess.Popen(
        [str(part) for part in command],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def wait_until(condition, process):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)


def is_watched(process):
    """Return whether the program heeds the signals: Python alone does not heed that of a lost terminal."""
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines()
    return any(line.startswith("SigCgt") and int(line.split()[1], 16) & 1 << signal.SIGHUP - 1 for line in lines)


def programs(process):
    """Return the names of the programs below a process."""
    found = []
    for child in descendants(process.pid):
        try:
            found.append(Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip())
        except OSError:
            continue
    return found


def end(process, number=signal.SIGINT):
    """Ask a program to end; return its exit code and what it said, and see that no child of it is left."""
    children = descendants(process.pid)
    begin = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert time.monotonic() - begin < LIMIT + SLACK
    assert out == ""
    left = [child for child in children if is_alive(child)]
    assert not left
    return process.returncode, err


def is_alive(process):
    """Return whether a process runs; those that are over and wait to be counted do not."""
    for _ in range(20):
        try:
            state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0]
        except OSError:
            return False
        if state == b"Z":
            return False
        time.sleep(0.05)
    return True


#: Signals from the keyboard, from a system and of a lost terminal, and the exit codes for them.
each_signal = pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)


@each_signal
@pytest.mark.parametrize("delay", [0, 0.1, 0.4, 1])
def test_while_packages_are_loaded(quick, tmp_path, delay, number, code):
    process = start(*PROGRAM, "train", quick, "-o", tmp_path / "out")
    wait_until(lambda: is_watched(process), process)
    time.sleep(delay)
    ended, err = end(process, number)
    assert ended == code
    assert err.startswith("bayescim: interrupted; ")
    assert len(err.splitlines()) == 1


def test_while_verilator_and_compilers_run(products, quick, tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    process = start(*PROGRAM, "simulate", quick, "-o", products.directory, BAYESCIM_CACHE=str(cache))
    wait_until(lambda: "cc1plus" in programs(process), process)
    before = {path: path.read_bytes() for path in products.directory.rglob("*") if path.is_file()}
    assert end(process) == (130, "bayescim: interrupted; nothing was written\n")
    after = {path: path.read_bytes() for path in products.directory.rglob("*") if path.is_file()}
    assert {path: content for path, content in before.items() if path.name != ".bayescim.lock"} == after
    assert not list(cache.glob("native/.unfinished-*"))


@pytest.mark.usefixtures("icarus")
def test_while_testbenches_run(products, quick):
    """They are in sessions of their own, where the keyboard does not reach them."""
    process = start(*PROGRAM, "regress", quick, "-o", products.directory, "-s", "icarus", "-b", "axi_core")
    wait_until(lambda: "vvp" in programs(process), process)
    assert end(process, signal.SIGTERM) == (143, "bayescim: interrupted; nothing was written\n")


_STUBBORN = """
import time
from flows import application
from flows.base import interruption
from flows.cli import main

def never_ends(*_, **__):
    begun = False
    while True:
        try:
            if not begun:
                begun = True
                print("begun", flush=True)
            time.sleep(60)
        except BaseException:
            pass

application.run = never_ends
{before}
main()
"""


@each_signal
def test_what_does_not_end_by_itself_is_ended(number, code):
    process = start(sys.executable, "-c", _STUBBORN.format(before=""))
    assert process.stdout.readline() == "begun\n"
    ended, err = end(process, number)
    assert ended == code
    assert err == "bayescim: interrupted, and ended where it did not end by itself; files that were finished are kept\n"


def test_a_second_signal_ends_it_at_once():
    process = start(sys.executable, "-c", _STUBBORN.format(before=f"interruption._PATIENCE = {PATIENCE}"))
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    assert process.poll() is None
    code, _ = end(process)
    assert code == 130


_PATIENT = """
import time
from flows import application
from flows.cli import main

def ends(*_, **__):
    print("begun", flush=True)
    time.sleep(1)
    return 0

application.run = ends
main()
"""


def test_nohup_is_respected():
    process = start("nohup", sys.executable, "-c", _PATIENT)
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
