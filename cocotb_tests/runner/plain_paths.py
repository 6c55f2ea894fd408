"""Paths that make and the shell take as one word."""

import contextlib
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hdl.config import InputError

__all__ = ["PlainPaths", "is_plain"]

#: Letters of any alphabet, digits, and signs that mean nothing to make or a shell.
_PLAIN = re.compile(r"[\w./+,@=-]+")

#: Places for temporary files, where the usual one is in a folder with blanks.
_OTHER_PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108


def is_plain(path: Path) -> bool:
    """Return whether the tools take ``path`` as one word: it has no blanks, quotes or the like."""
    return _PLAIN.fullmatch(str(path)) is not None


class PlainPaths(contextlib.ExitStack):
    """Plain names of files and directories while the context lasts, by links where their own are not."""

    def __call__(self, path: Path) -> Path:
        """Return ``path`` where it is plain, or else a link to it, which keeps its last part where that is plain.

        Raises
        ------
        InputError
            No place for the link has a plain name.
        """
        path = path.absolute()
        if is_plain(path):
            return path
        name = path.name if is_plain(Path(path.name)) else f"link{path.suffix if is_plain(Path(path.suffix)) else ''}"
        link = self.directory() / name
        link.symlink_to(path)
        return link

    def verilator(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return variables under which Verilator finds itself by a plain name; where it has one, they are the same."""
        root = environment.get("VERILATOR_ROOT")
        if root is None or is_plain(Path(root)):
            return dict(environment)
        link = self(Path(root))
        # Its script follows links to itself, and starts what it finds there through a shell.
        return {**environment, "VERILATOR_ROOT": str(link), "VERILATOR_BIN": str(link / "bin" / "verilator_bin")}

    def directory(self) -> Path:
        """Return an empty directory with a plain name, which is removed in the end.

        Raises
        ------
        InputError
            There is none.
        """
        usual = tempfile.gettempdir()
        for place in (usual, *_OTHER_PLACES):
            if is_plain(Path(place)) and Path(place).is_dir():
                with contextlib.suppress(PermissionError):
                    made = tempfile.TemporaryDirectory(prefix="bayescim-", dir=place)
                    return Path(self.enter_context(made))
        raise InputError(f"TMPDIR must be a directory whose name has no blanks or quotes, not {usual!r}")
