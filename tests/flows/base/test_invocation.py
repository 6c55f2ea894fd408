"""Two runs never write into one directory."""

import json
import subprocess
import sys

import pytest

from flows.base.files import claim_directory, write_atomically
from flows.base.invocation import LOCK, Invocation
from hdl.config import InputError

_HOLD = """
import sys
from pathlib import Path
from flows.base.invocation import Invocation
with Invocation.of(sys.argv[2:]) as run:
    run.claim(Path(sys.argv[1]))
    print("claimed", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another run that writes into the directory of a test."""
    command = [sys.executable, "-c", _HOLD, str(tmp_path), "train", "tiny"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"claimed\n"
    yield process
    process.kill()
    process.communicate()


def test_the_other_run_is_named(other, tmp_path):
    holder = rf"`bayescim train tiny` \(process {other.pid}\) runs there since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d"
    with (
        Invocation.of(["lower", "tiny"]),
        pytest.raises(InputError, match=rf"^output must be a directory that no other run writes, not '.*': {holder}"),
    ):
        claim_directory(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff"])
def test_a_holder_that_did_not_say_who_it_is(other, tmp_path, content):
    (tmp_path / LOCK).write_bytes(content)
    with Invocation.of(["lower", "tiny"]), pytest.raises(InputError, match=r"another run has just begun there$"):
        claim_directory(tmp_path)
    assert other.poll() is None


@pytest.mark.parametrize("command", ["train", "report", "map"])
def test_a_command_is_refused_at_once(other, refused, quick, tmp_path, command):
    assert f"(process {other.pid})" in refused(command, quick, "-o", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]


def test_a_dead_run_is_taken_over(other, tmp_path):
    other.kill()
    other.wait()
    (tmp_path / ".tiny.npz.123.partial").write_bytes(b"half")
    for folder in (".ip.123.partial", ".ip.123.partial.old.partial"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tiny.v").write_bytes(b"half")
    (tmp_path / "tiny.npz").write_bytes(b"whole")
    with Invocation.of(["lower", "tiny"]):
        claim_directory(tmp_path)
        assert json.loads((tmp_path / LOCK).read_bytes())["command"] == "bayescim lower tiny"
        assert {path.name for path in tmp_path.iterdir()} == {LOCK, "tiny.npz"}
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.npz"]


def test_a_run_may_claim_twice_and_the_next_one_after_it(tmp_path):
    for _ in range(2):
        with Invocation.of([]):
            claim_directory(tmp_path)
            claim_directory(tmp_path / ".." / tmp_path.name)
    assert list(tmp_path.iterdir()) == []


def test_without_the_command_line_nothing_is_claimed(tmp_path):
    claim_directory(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept(tmp_path):
    with Invocation.of([]) as run:
        assert run.kept == "nothing was written"
        first = write_atomically(tmp_path / "a", b"")
        assert run.kept == f"kept: {first}; the rest of this run is lost"
        for _ in range(2):
            write_atomically(tmp_path / "b", b"", resumes=True)
        assert (
            run.kept
            == f"kept: {first}, {tmp_path / 'b'}, from which the same command goes on; the rest of this run is lost"
        )
        for name in ("c", "d", "e"):
            write_atomically(tmp_path / name, b"")
        assert f"{tmp_path / 'c'} and 2 more, from which" in run.kept
