"""Cache of the objects of Verilator's runtime.

They are the same for every model, and take most of a build.
"""

import os
import shutil
from pathlib import Path

from hdl.caches import CacheEntry

from .compiler import compiler_identity
from .plain_paths import PlainPaths

__all__ = ["RuntimeCache"]

_OBJECTS = "verilated*.o"


class RuntimeCache:
    """Objects of one Verilator, compiler and set of flags.

    Those of another are never used.

    Parameters
    ----------
    root
        Directory of the installation, VERILATOR_ROOT.
    flags
        Whatever else the objects depend on.
    """

    def __init__(self, root: Path, flags: str):
        headers = sorted(path for path in (root / "include").glob("*") if path.is_file())
        parts = [part for path in headers for part in (path.name.encode(), path.read_bytes())]
        compiler = compiler_identity(os.environ.get("CXX", "c++"))
        self._entry = CacheEntry.of("verilated", flags.encode(), compiler, *parts)

    def make_variables(self, plain: PlainPaths) -> str:
        """Return settings with which make links the kept objects instead of compiling them; none while there are none.

        ``plain`` gives the objects names that make takes.
        """
        if not self._entry.whole():
            return ""
        directory = plain(self._entry.directory)
        objects = sorted(directory / path.name for path in directory.glob(_OBJECTS))
        # Objects put into the build directory would be older than the makefile, on which they depend.
        # In MAKEFLAGS a space ends a variable unless a backslash stands before it.
        return "VM_GLOBAL_FAST= VM_GLOBAL_SLOW= LOADLIBES=" + r"\ ".join(map(str, objects))

    def keep(self, build: Path) -> None:
        """Keep the objects that make has left in ``build``, all or none of them."""

        def copy(place: Path) -> None:
            for path in build.glob(_OBJECTS):
                shutil.copyfile(path, place / path.name)

        self._entry.make(copy)
