"""Training and lowering of the Bayesian methods.

There is one file for each, named as that of :mod:`hdl.config.schemes`.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from hdl.config import CoreConfig, InputError, with_extensions

from .affine_dropout import AffineDropoutNeurons, inverted_norm
from .ensemble import EnsembleNeurons
from .sampled_weights import SCHEME
from .scale_dropout import ScaleDropout
from .scheme import Neurons, Scheme
from .spatial_dropout import DropoutNeurons

__all__ = [
    "GROUP",
    "SCHEME",
    "AffineDropoutNeurons",
    "DropoutNeurons",
    "EnsembleNeurons",
    "Neurons",
    "ScaleDropout",
    "Scheme",
    "inverted_norm",
    "scheme_of",
]

#: Group of the entry points of schemes from outside, by the name that they have in the configuration.
GROUP = "bayescim.golden_schemes"


def scheme_of(config: CoreConfig) -> Scheme:
    """Return the scheme of ``config``.

    Raises
    ------
    InputError
            It is an extension without a usable part for training.
    """
    known, method = with_extensions(_own(), GROUP), config.bayes.method
    if method not in known:
        raise InputError(f"bayes.method must be one that {GROUP} has to be trained, not {method!r}")
    scheme = known[method]
    if not isinstance(scheme, Scheme):
        raise InputError(f"{GROUP}.{method} must be a scheme of golden.training.schemes, not {scheme!r}")
    return scheme


@functools.cache
def _own() -> Mapping[str, Scheme]:
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name != "scheme")
    modules = {name.replace("_", "-"): importlib.import_module(f"{__name__}.{name}") for name in names}
    return MappingProxyType({name: module.SCHEME for name, module in modules.items()})
