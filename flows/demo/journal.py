"""Journal of finished steps.

An interrupted run continues from it.
"""

import hashlib
import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path

from hdl.config import InputError

from ..base.record import Digest, Record

__all__ = ["Journal", "JournalRecord", "StepRecord", "source_digest"]

_SOURCES = ("*.py", "*.cpp", "*.j2", "*.jinja", "*.toml", "*.v", "*.mplstyle", "*.onnx")


class StepRecord(Record):
    """Step that was begun."""

    key: str
    """Digest of all that determines its outputs."""

    outputs: dict[str, Digest] | None
    """Digests of its outputs, None before it is finished."""


class JournalRecord(Record):
    """Contents of ``steps.json``."""

    steps: dict[str, StepRecord]
    """Steps by name."""


class Journal:
    """Record of steps by their inputs and outputs.

    A step counts as done only while its inputs and its outputs are unchanged, so that
    an edited or removed file, another configuration or other source code runs it again.

    Parameters
    ----------
    path
        File of the record. An unreadable one is ignored.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._steps = JournalRecord.read(path, "bayescim demo").steps
        except InputError:
            self._steps = {}

    def done(self, step: str, key: str, outputs: Iterable[Path]) -> bool:
        """Return whether ``step`` was finished for ``key`` and its ``outputs`` are unchanged."""
        # None stands for a missing output, and for a step that was begun but not finished.
        found = _digests(outputs)
        return found is not None and self._steps.get(step) == StepRecord(key=key, outputs=found)

    def begun(self, step: str, key: str) -> bool:
        """Return whether ``step`` was last begun for ``key``, so that its remains may be continued."""
        return step in self._steps and self._steps[step].key == key

    def begin(self, step: str, key: str) -> None:
        """Record that ``step`` begins for ``key``."""
        self._write(step, StepRecord(key=key, outputs=None))

    def finish(self, step: str, key: str, outputs: Iterable[Path]) -> None:
        """Record that ``step`` is done and wrote ``outputs``."""
        self._write(step, StepRecord(key=key, outputs=_digests(outputs)))

    def _write(self, step: str, entry: StepRecord) -> None:
        self._steps[step] = entry
        JournalRecord(steps=self._steps).write(self._path, resumes=True)


def source_digest(packages: Sequence[str]) -> str:
    """Return a digest of the source code of ``packages``."""
    digest = hashlib.sha256()
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(package)
        root = Path(spec.origin).parent
        for path in sorted(path for pattern in _SOURCES for path in root.rglob(pattern)):
            digest.update(f"{package}/{path.relative_to(root)}".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _digests(paths: Iterable[Path]) -> dict[str, str] | None:
    """Return the digest of every file, or None where one is missing."""
    try:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    except OSError:
        return None
