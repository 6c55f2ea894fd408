"""Caches of this machine, all in one place.

What is built once and used again: our own libraries and objects, and what the tools compile of themselves. All of it
may be deleted at any time.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs

from .config import InputError

__all__ = ["VARIABLE", "CacheEntry", "cache_directory", "require_caches", "tell_tools"]

#: Environment variable that names the directory.
VARIABLE = "BAYESCIM_CACHE"

#: Variables of the tools that keep something, and the folder of each within ours: Amaranth's Yosys (by wasmtime), the
#: tools of YoWASP, and Matplotlib.
_OF_TOOLS = {"XDG_CACHE_HOME": "", "YOWASP_CACHE_DIR": "yowasp", "MPLCONFIGDIR": "matplotlib"}

#: Hexadecimal digits of a key.
_DIGITS = 32

#: Size and digest of each file of an entry.
_MANIFEST = "files.json"

#: Beginning of the names of directories in which entries are made.
_UNFINISHED = ".unfinished-"


def cache_directory() -> Path:
    """Return the directory of all caches: `$BAYESCIM_CACHE`, or the user's cache directory."""
    named = os.environ.get(VARIABLE)
    return Path(named).absolute() if named else platformdirs.user_cache_path("bayescim")


def tell_tools() -> None:
    """Tell the tools, and the processes that we start, where the caches are.

    A variable that is set already is the user's and is kept.
    """
    directory = cache_directory()
    if directory.is_absolute():
        os.environ.setdefault(VARIABLE, str(directory))
        for variable, folder in _OF_TOOLS.items():
            os.environ.setdefault(variable, str(directory / folder))


def require_caches() -> None:
    """Make the directories of the caches, those of the tools included.

    Raises
    ------
    InputError
        One of them cannot be written.
    """
    tell_tools()
    if not cache_directory().is_absolute():
        raise InputError(f"{VARIABLE} must be a directory that can be written, not missing: there is no home directory")
    for variable in (VARIABLE, *_OF_TOOLS):
        directory = Path(os.environ[variable])
        try:
            directory.mkdir(parents=True, exist_ok=True)
            reason = None if os.access(directory, os.W_OK | os.X_OK) else "Permission denied"
        except OSError as error:
            reason = error.strerror
        if reason is not None:
            named = VARIABLE if directory.is_relative_to(cache_directory()) else variable
            raise InputError(f"{named} must be a directory that can be written, not {str(directory)!r} ({reason})")


class CacheEntry:
    """Directory of files that are made once.

    It is there as a whole or not at all. An entry whose files are not those that were made, in size or digest, counts
    as missing and is made again.

    Parameters
    ----------
    kind
        Folder of the cache.
    key
        Name, a digest of everything that the files depend on.
    """

    def __init__(self, kind: str, key: str) -> None:
        self._kind = cache_directory() / kind
        self._key = key

    @classmethod
    def of(cls, kind: str, *parts: bytes) -> "CacheEntry":
        """Return the entry of what is made from ``parts``, under their digest."""
        key = hashlib.sha256()
        for part in parts:
            key.update(hashlib.sha256(part).digest())
        return cls(kind, key.hexdigest()[:_DIGITS])

    @property
    def directory(self) -> Path:
        """Where the files are."""
        return self._kind / self._key

    def whole(self) -> bool:
        """Return whether all files are as they were made."""
        try:
            manifest = json.loads((self.directory / _MANIFEST).read_bytes())
            return bool(manifest) and all(
                (self.directory / name).stat().st_size == size and _digest(self.directory / name) == digest
                for name, (size, digest) in manifest.items()
            )
        # Whatever a damaged manifest holds, it is none.
        except (OSError, ValueError, TypeError, AttributeError):
            return False

    def make(self, fill: Callable[[Path], None]) -> Path:
        """Return the directory, whole, which ``fill`` fills where it is not.

        Of several processes that want the same one the first makes it, and the others wait.

        Raises
        ------
        InputError
            The cache cannot be written.
        """
        if self.whole():
            return self.directory
        with self._alone():
            if not self.whole():
                self._make(fill)
        return self.directory

    def _make(self, fill: Callable[[Path], None]) -> None:
        with _writing(self._kind):
            scratch = tempfile.TemporaryDirectory(prefix=f"{_UNFINISHED}{self._key}-", dir=self._kind)
        with scratch as name:
            made = Path(name) / "made"
            made.mkdir()
            fill(made)
            with _writing(self._kind):
                files = sorted(path for path in made.iterdir() if path.is_file())
                manifest = {path.name: (path.stat().st_size, _digest(path)) for path in files}
                (made / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
                # A process that uses a damaged one keeps its files.
                shutil.rmtree(self.directory, ignore_errors=True)
                made.rename(self.directory)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others, in this process or another, from making the entry, and remove what killed ones left."""
        with _writing(self._kind):
            self._kind.mkdir(parents=True, exist_ok=True)
            lock = _lock(self._kind, self._key).open("wb")
        with lock:
            # Whoever ends, in whatever way, lets go of it. A file system without locks has no other run that is seen.
            with contextlib.suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX)
            self._clean()
            yield

    def _clean(self) -> None:
        """Remove the unfinished entries that nobody is making."""
        for path in self._kind.glob(f"{_UNFINISHED}*"):
            key = path.name.removeprefix(_UNFINISHED).rpartition("-")[0]
            if key == self._key:
                shutil.rmtree(path, ignore_errors=True)
                continue
            with contextlib.suppress(OSError), _lock(self._kind, key).open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)


def _lock(kind: Path, key: str) -> Path:
    return kind / f"{key}.lock"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextlib.contextmanager
def _writing(directory: Path) -> Iterator[None]:
    """Report in one line that the cache cannot be written."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{VARIABLE} must be a directory that can be written, not {str(directory)!r} ({error.strerror})"
        ) from None
