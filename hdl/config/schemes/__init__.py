"""Ways to be Bayesian: one file each, found by name.

A scheme says what is drawn in each pass, and which kind of neurons uses it. It chooses no hardware and holds no
arithmetic: both are looked up by the kind.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from .scheme import Scheme

__all__ = ["Scheme", "schemes"]


@functools.cache
def schemes() -> Mapping[str, Scheme]:
    """Return all schemes by their names: those of the files in this directory that have a `SCHEME`."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name != "scheme")
    found = [importlib.import_module(f"{__name__}.{name}").SCHEME for name in names]
    return MappingProxyType({scheme.name: scheme for scheme in found})
