"""Products shared by workers are made once."""

import concurrent.futures
import multiprocessing
import os

import pytest

from .once import made_once


def _make(directory):
    (directory / str(os.getpid())).touch()


def _ask(shared):
    return sorted(path.name for path in made_once(shared, "thing", _make).iterdir())


def test_several_processes_make_it_once(tmp_path):
    with concurrent.futures.ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(_ask, [tmp_path] * 6))
    assert len(found[0]) == 1
    assert all(each == found[0] for each in found)


def test_what_failed_halfway_is_made_again(tmp_path):
    def fail(directory):
        (directory / "half").touch()
        raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        made_once(tmp_path, "thing", fail)
    assert _ask(tmp_path) == [str(os.getpid())]
