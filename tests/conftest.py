"""Fixtures of all tests."""

import functools
import os
import signal

import pytest

from hdl.caches import VARIABLE, tell_tools

from .once import made_once, shared_directory

#: Folder of built libraries, whose name not every tool takes as it is.
_CACHE = "built libraries, für alle"


@pytest.fixture(scope="session", autouse=True)
def _libraries_of_this_run(tmp_path_factory):
    """Build each library once a run, whichever worker wants it, and leave nothing in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        # What the tools compile of themselves is the same for every run.
        tell_tools()
        for name, value in os.environ.items():
            patch.setenv(name, value)
        patch.setenv(VARIABLE, str(shared_directory(tmp_path_factory) / _CACHE))
        yield


@pytest.fixture(scope="session", autouse=True)
def _signals_are_heeded():
    """Let programs that the tests start heed signals which a run behind a shell (``nohup … &``) ignores."""
    heeded = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL, signal.SIGQUIT: signal.SIG_DFL}
    before = {number: signal.getsignal(number) for number in heeded}
    for number, handler in heeded.items():
        if before[number] == signal.SIG_IGN:
            signal.signal(number, handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return a directory that a function filled, once a run; it is called with a name and that function."""
    return functools.partial(made_once, shared_directory(tmp_path_factory))
