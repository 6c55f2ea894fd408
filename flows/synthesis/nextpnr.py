"""Program for placement and routing."""

import sys

from hdl.caches import require_caches
from hdl.config import InputError

from ..base.provenance import package_version
from .parts import Part

__all__ = ["find_nextpnr"]


def find_nextpnr(device: Part) -> tuple[tuple[str, ...], str]:
    """Return the command that places on ``device``, and its version.

    Raises
    ------
    InputError
        The package is missing.
    """
    require_caches()
    version = package_version(device.package)
    if version is None:
        raise InputError(f"nextpnr must be installed, not missing: python3 -m pip install {device.package}")
    module, _, function = device.start.partition(".")
    return (sys.executable, "-c", f"import sys, {module}; sys.exit({module}.{function}(sys.argv[1:]))"), version
