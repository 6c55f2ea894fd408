"""Cache of the objects of Verilator's runtime.

They are the same for every model, and take most of a build.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

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
        key = hashlib.sha256(flags.encode())
        compiler = subprocess.run([os.environ.get("CXX", "c++"), "--version"], capture_output=True, check=True)
        key.update(compiler.stdout)
        for path in sorted(path for path in (root / "include").glob("*") if path.is_file()):
            key.update(path.name.encode())
            key.update(path.read_bytes())
        self._directory = user_cache_path("bayescim") / "verilated" / key.hexdigest()

    @property
    def make_variables(self) -> str:
        """Settings with which make links the kept objects instead of compiling them; empty while there are none."""
        objects = sorted(self._directory.glob(_OBJECTS))
        if not objects:
            return ""
        # Objects put into the build directory would be older than the makefile, on which they depend.
        # In MAKEFLAGS a space ends a variable unless a backslash stands before it.
        return "VM_GLOBAL_FAST= VM_GLOBAL_SLOW= LOADLIBES=" + r"\ ".join(map(str, objects))

    def keep(self, build: Path) -> None:
        """Keep the objects that make has left in ``build``, all or none of them."""
        if self._directory.exists():
            return
        self._directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._directory.parent) as scratch:
            complete = Path(scratch) / "objects"
            complete.mkdir()
            for path in build.glob(_OBJECTS):
                shutil.copyfile(path, complete / path.name)
            try:
                complete.rename(self._directory)
            except OSError:
                # Another simulation was faster, with the same objects.
                assert self._directory.exists()
