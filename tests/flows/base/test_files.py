import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flows.base import files
from flows.base.files import make_directory, read, read_json, to_json, write_atomically, write_folder
from hdl.config import CoreConfig, InputError


def test_write_replaces_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "product"
    assert write_atomically(path, b"old") == path
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_write_has_the_mode_of_any_file(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    path = write_atomically(tmp_path / "product", b"")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_write_where_there_is_no_directory(tmp_path):
    with pytest.raises(InputError, match=r"^output must be a file that can be written, not '.*' \(No such file"):
        write_atomically(tmp_path / "none" / "product", b"")


# A limit on the size of files is as near to a full disk as a test may come.
_FULL = """
import resource, sys
from pathlib import Path
from flows.base.files import write_atomically
from hdl.config import InputError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(Path(sys.argv[1]), bytes(2000))
except InputError as error:
    print(error)
"""


def test_full_disk_leaves_the_old_file(tmp_path):
    path = tmp_path / "product"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == f"output must be a file that can be written, not {str(path)!r} (File too large)\n"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_directory_is_made_with_its_parents(tmp_path):
    path = tmp_path / "a" / "b"
    assert make_directory(path) == path == make_directory(path)
    assert path.is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_directory_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match=r"\(Permission denied\)$"):
        make_directory(tmp_path)


def test_json_is_the_same_every_time_and_has_no_nan():
    value = {"b": float("nan"), "a": (1, 2.5), "config": CoreConfig.load("tiny")}
    assert to_json(value) == to_json(value)
    assert to_json(value).startswith('{\n  "b": null,\n  "a": [\n    1,\n    2.5\n  ]')


def test_json_round_trip(tmp_path):
    path = write_atomically(tmp_path / "x.json", to_json({"a": [1]}).encode())
    assert read_json(path, "make it") == {"a": [1]}
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(InputError, match=r"must be whole JSON, and is not: run `make it` again$"):
        read_json(path, "make it")


def test_read_names_the_command(tmp_path):
    with pytest.raises(InputError, match=r"must exist, and does not: run `make it` first$"):
        read(tmp_path / "none", "make it")
    with pytest.raises(InputError, match=r"must be a file that can be read \(Is a directory\)$"):
        read(tmp_path, "make it")


@pytest.mark.parametrize("depth", [1, 2])
def test_a_symbolic_link_stays_one(tmp_path, depth):
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "file"
    target.write_bytes(b"old")
    path = target
    for index in range(depth):
        link = tmp_path / f"link_{index}"
        link.symlink_to(path)
        path = link
    assert write_atomically(path, b"new") == path
    assert path.is_symlink()
    assert target.read_bytes() == b"new"
    assert list((tmp_path / "elsewhere").iterdir()) == [target]


def test_a_link_to_what_is_not_there_yet(tmp_path):
    (tmp_path / "link").symlink_to("file")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


def test_a_link_that_leads_nowhere(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(InputError, match=r"Too many levels of symbolic links"):
        write_atomically(tmp_path / "a", b"new")
    (tmp_path / "c").symlink_to(tmp_path / "none" / "file")
    with pytest.raises(InputError, match=r"No such file"):
        write_atomically(tmp_path / "c", b"new")


def test_a_device_is_written_and_stays(tmp_path):
    (tmp_path / "null").symlink_to("/dev/null")
    for path in (tmp_path / "null", Path("/dev/null")):
        write_atomically(path, b"new")
        assert path.is_char_device()
    with pytest.raises(InputError, match=r"No space left on device"):
        write_atomically(Path("/dev/full"), b"new")


def test_a_folder_is_replaced_whole(tmp_path):
    folder = tmp_path / "ip"
    assert write_folder(folder, {"mark": b"1", "old": b""}, mark="mark") == [folder / "mark", folder / "old"]
    write_folder(folder, {"mark": b"2", "new": b""}, mark="mark")
    assert {path.name for path in folder.iterdir()} == {"mark", "new"}
    assert (folder / "mark").read_bytes() == b"2"
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("name", ["x" * 300, "none/below"])
def test_a_folder_is_replaced_not_at_all(tmp_path, name):
    folder = tmp_path / "ip"
    write_folder(folder, {"mark": b"1"}, mark="mark")
    with pytest.raises(InputError, match=r"^output must be a directory that can be written, not "):
        write_folder(folder, {"mark": b"2", name: b""}, mark="mark")
    assert (folder / "mark").read_bytes() == b"1"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_where_names_cannot_change_places(tmp_path, monkeypatch):
    monkeypatch.setattr(files.ctypes, "CDLL", lambda *_, **__: object())
    test_a_folder_is_replaced_whole(tmp_path)


def test_a_folder_behind_a_link(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ip").symlink_to("elsewhere")
    write_folder(tmp_path / "ip", {"mark": b"1"}, mark="mark")
    assert (tmp_path / "ip").is_symlink()
    assert (tmp_path / "elsewhere" / "mark").read_bytes() == b"1"


def test_a_folder_of_somebody_else_is_left(tmp_path):
    (tmp_path / "ip").mkdir()
    (tmp_path / "ip" / "clock.xci").write_bytes(b"theirs")
    with pytest.raises(InputError, match=r"^output must have no folder 'ip' of other origin: it has no file 'mark'$"):
        write_folder(tmp_path / "ip", {"mark": b"1"}, mark="mark")
    assert [path.name for path in (tmp_path / "ip").iterdir()] == ["clock.xci"]
