"""How each way to be Bayesian is trained and lowered: one file each, named as that of :mod:`hdl.config.schemes`."""

import functools
import importlib

from hdl.config import CoreConfig

from .scheme import Neurons, Scheme

__all__ = ["Neurons", "Scheme", "scheme_of"]


@functools.cache
def _scheme(name: str) -> Scheme:
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}").SCHEME


def scheme_of(config: CoreConfig) -> Scheme:
    """Return the scheme of ``config``."""
    return _scheme(config.bayes.method)
