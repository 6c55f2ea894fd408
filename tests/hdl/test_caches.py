"""Caches are in one place, and what is damaged there is made again."""

import concurrent.futures
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hdl.caches import VARIABLE, CacheEntry, cache_directory, require_caches, tell_tools
from hdl.config import InputError

OF_TOOLS = ("XDG_CACHE_HOME", "YOWASP_CACHE_DIR", "MPLCONFIGDIR")


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty cache, of which no tool knows."""
    # Kept for all that a test may set.
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    for name in OF_TOOLS:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return tmp_path / "cache"


@pytest.fixture
def entry(cache):
    """An entry with two files, one of them empty."""
    assert not cache.exists()
    made = []

    def fill(place):
        made.append(place)
        (place / "library").write_bytes(bytes(1000))
        (place / "empty").write_bytes(b"")

    entry = CacheEntry("native", "key")
    entry.make(fill)
    return entry, fill, made


def test_an_entry_is_made_once(entry):
    kept, fill, made = entry
    assert kept.make(fill) == kept.directory
    assert len(made) == 1
    assert (kept.directory / "library").read_bytes() == bytes(1000)
    assert kept.whole()


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path):
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("file", ["library", "files.json"])
@pytest.mark.parametrize(
    "damage",
    [
        _truncate,
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"[1, null]"),
        lambda path: path.write_bytes(b'{"library": 3}'),
        lambda path: path.write_bytes(b"{}"),
        lambda path: path.write_bytes(b"\xff\xfe"),
    ],
    ids=["truncated", "empty", "missing", "list", "number", "nothing", "garbage"],
)
def test_a_damaged_entry_is_made_again(entry, file, damage):
    kept, fill, made = entry
    damage(kept.directory / file)
    assert not kept.whole()
    kept.make(fill)
    assert kept.whole()
    assert len(made) == 2


def test_a_flipped_bit_is_noticed(entry):
    kept, fill, made = entry
    _flip(kept.directory / "library")
    kept.make(fill)
    assert len(made) == 2
    assert (kept.directory / "library").read_bytes() == bytes(1000)


def test_a_damaged_file_that_is_in_use_is_not_written_over(entry):
    """A process may have it mapped, and would end by a signal."""
    kept, fill, _ = entry
    with (kept.directory / "library").open("rb") as used:
        _truncate(kept.directory / "library")
        kept.make(fill)
        assert len(used.read()) == 999


def test_what_a_killed_one_left_is_removed(entry):
    kept, fill, _ = entry
    kind = kept.directory.parent
    for name in (".unfinished-key-abc", ".unfinished-other-abc", ".unfinished-held-abc"):
        (kind / name).mkdir()
        (kind / name / "object").write_bytes(b"")
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(kind / "held.lock")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    (kept.directory / "library").unlink()
    kept.make(fill)
    assert {path.name for path in kind.glob(".unfinished-*")} == {".unfinished-held-abc"}
    holder.communicate()


def test_one_that_fails_leaves_nothing(cache):
    entry = CacheEntry("native", "key")

    def fail(place):
        (place / "half").write_bytes(b"")
        raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        entry.make(fail)
    assert {path.name for path in (cache / "native").iterdir()} == {"key.lock"}


@pytest.mark.usefixtures("cache")
def test_the_second_waits_for_the_first():
    together, made = threading.Barrier(4), []

    def fill(place):
        made.append(place)
        (place / "file").write_bytes(b"x")

    def ask(_):
        together.wait()
        return CacheEntry("native", "key").make(fill)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert len(made) == 1


def test_tools_are_told_once(cache, monkeypatch, tmp_path):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "mine"))
    tell_tools()
    assert os.environ["XDG_CACHE_HOME"] == str(cache)
    assert os.environ["YOWASP_CACHE_DIR"] == str(cache / "yowasp")
    assert os.environ["MPLCONFIGDIR"] == str(tmp_path / "mine")


@pytest.mark.usefixtures("cache")
def test_where_nothing_is_said_it_is_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "of tools"))
    assert cache_directory() == tmp_path / "of tools" / "bayescim"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_directory().is_relative_to(tmp_path / "home")


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("variable", [VARIABLE, *OF_TOOLS])
def test_one_that_cannot_be_written_is_named(monkeypatch, tmp_path, variable):
    (tmp_path / "file").write_bytes(b"")
    place = tmp_path / "file" / "below"
    monkeypatch.setenv(variable, str(place))
    with pytest.raises(InputError, match=rf"^{variable} must be a directory that can be written, not '{place}' \("):
        require_caches()


@pytest.mark.usefixtures("cache")
def test_without_a_home(monkeypatch):
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: Path("~/.cache") / name)
    with pytest.raises(InputError, match=rf"^{VARIABLE} must be .* not missing: there is no home directory$"):
        require_caches()


def test_a_full_or_forbidden_cache_is_one_line(cache):
    cache.mkdir()
    (cache / "native").write_bytes(b"")
    with pytest.raises(InputError, match=rf"^{VARIABLE} must be a directory that can be written, not '.*native' \("):
        CacheEntry("native", "key").make(lambda _: None)


def test_the_manifest_lists_every_file(entry):
    kept, _, _ = entry
    manifest = json.loads((kept.directory / "files.json").read_text(encoding="utf-8"))
    assert {name: size for name, (size, _) in manifest.items()} == {"library": 1000, "empty": 0}
