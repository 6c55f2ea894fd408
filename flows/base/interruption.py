"""End of the program from the keyboard, within two seconds.

Imports nothing heavy: it is in force before anything else is loaded.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

__all__ = ["Interruption", "Stopped", "descendants"]

#: Signals that ask the program to end: from the keyboard, from a system, and when the terminal goes away.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: Seconds that programs which we started have to end by themselves, and that this one has.
_PATIENCE_WITH_CHILDREN = 0.3
_PATIENCE = 1.5

_INTERVAL = 0.1

#: Exit codes of programs that a signal ended begin here.
_SIGNALLED = 128


class Stopped(KeyboardInterrupt):
    """A request to end, raised wherever the main thread is, with the number of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = _SIGNALLED + number
        """Exit code for it."""


class Interruption:
    """Watch over the signals that ask the program to end.

    The first one is raised as :class:`Stopped` in the main thread. The programs that were started, and those that they
    started, are ended. If the main thread has not ended the program by then, since it waits for something that does not
    end, it is ended here. A second signal ends it at once.

    Parameters
    ----------
    on_last
        Called before the program is ended here: has the last word.
    """

    def __init__(self, on_last: Callable[[], None]) -> None:
        self._on_last = on_last
        self._number: int | None = None
        self._finished = threading.Event()

    @property
    def code(self) -> int | None:
        """Exit code for the signal that came; None where none came."""
        return None if self._number is None else _SIGNALLED + self._number

    @contextlib.contextmanager
    def watched(self) -> Iterator["Interruption"]:
        """Watch while the block runs."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        before = {number: signal.signal(number, self._raise) for number in _SIGNALS if _is_heeded(number)}
        # The thread learns of a signal even while the main thread is in a long call.
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=self._wait, args=(reading,), daemon=True).start()
        try:
            yield self
        finally:
            self._finished.set()
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(writing)

    def _raise(self, number: int, _: FrameType | None) -> None:
        self._number = number
        raise Stopped(number)

    def _wait(self, reading: int) -> None:
        with open(reading, "rb", buffering=0) as signals:
            number = signals.read(1)
            if not number or number[0] not in _SIGNALS:
                return
            self._number = number[0]
            begin = time.monotonic()
            os.set_blocking(reading, False)
            while not self._finished.wait(_INTERVAL):
                waited = time.monotonic() - begin
                # A program that was told itself, by the keyboard, may tidy up.
                if waited > _PATIENCE_WITH_CHILDREN:
                    end_children()
                if waited > _PATIENCE or signals.read(1):
                    end_children()
                    with contextlib.suppress(BaseException):
                        self._on_last()
                    os._exit(_SIGNALLED + self._number)


def _is_heeded(number: int) -> bool:
    """Return whether the caller wants the program to hear the signal: `nohup` does not."""
    return signal.getsignal(number) != signal.SIG_IGN


def end_children() -> None:
    """End all programs that this one started, and those that these started."""
    for child in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)


def descendants(process: int) -> list[int]:
    """Return the processes below ``process``; none where the system does not list them as files."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            # The name, in brackets, may hold anything.
            parent = path.read_bytes().rpartition(b")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(path.parent.name))
    found = children.get(process, [])
    for child in found:
        found.extend(children.get(child, []))
    return found
