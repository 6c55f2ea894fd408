"""Journal of finished steps.

An interrupted run continues from it.
"""

import hashlib
import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pydantic_core

from ..base.files import to_json, write_atomically

__all__ = ["Journal", "source_digest"]

_SOURCES = ("*.py", "*.cpp", "*.j2", "*.toml")


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
            content = pydantic_core.from_json(path.read_bytes())
        except (OSError, ValueError):
            content = {}
        self._steps: dict[str, Any] = content if isinstance(content, dict) else {}

    def done(self, step: str, key: str, outputs: Iterable[Path]) -> bool:
        """Return whether ``step`` was finished for ``key`` and its ``outputs`` are unchanged."""
        entry = self._steps.get(step, {})
        # None stands for a missing output, and for a step that was begun but not finished.
        found = _digests(outputs)
        return found is not None and entry.get("key") == key and entry.get("outputs") == found

    def begun(self, step: str, key: str) -> bool:
        """Return whether ``step`` was last begun for ``key``, so that its remains may be continued."""
        return self._steps.get(step, {}).get("key") == key

    def begin(self, step: str, key: str) -> None:
        """Record that ``step`` begins for ``key``."""
        self._write(step, {"key": key})

    def finish(self, step: str, key: str, outputs: Iterable[Path]) -> None:
        """Record that ``step`` is done and wrote ``outputs``."""
        self._write(step, {"key": key, "outputs": _digests(outputs)})

    def _write(self, step: str, entry: dict[str, Any]) -> None:
        self._steps[step] = entry
        write_atomically(self._path, to_json(self._steps).encode(), resumes=True)


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
