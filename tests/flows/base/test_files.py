import os
import stat
import subprocess
import sys

import pytest

from flows.base.files import make_directory, read, read_json, to_json, write_atomically
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
