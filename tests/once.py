"""Products shared by all workers of a run."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def shared_directory(tmp_path_factory) -> Path:
    """Return a directory of this run that all of its workers see."""
    base = tmp_path_factory.getbasetemp()
    # A worker of pytest-xdist has a folder of its own within that of the run.
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(shared: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return the directory ``name``, which ``make`` filled at the first call. Not to be written."""
    directory, made = shared / name, shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            # A product that failed halfway is made again.
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
            make(directory)
            made.touch()
    return directory
