"""Bayesian methods, one file each.

Schemes are found by name. A scheme defines the random bits of each pass, and the kind of neurons that uses them. It
chooses no hardware and holds no arithmetic: both are looked up by the kind. Its file also has the section `bayes` of
the configuration.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..errors import InputError
from ..extensions import with_extensions
from .none import DeterministicConfig
from .sampled_weights import SampledWeightsConfig
from .scheme import BayesConfig, DropConfig, DropScheme, Scheme

__all__ = [
    "GROUP",
    "BayesConfig",
    "DeterministicConfig",
    "DropConfig",
    "DropScheme",
    "SampledWeightsConfig",
    "Scheme",
    "schemes",
    "sections",
]

#: Group of the entry points of schemes from outside, whose value is the class of their section.
GROUP = "bayescim.schemes"


def sections() -> Mapping[str, type[BayesConfig]]:
    """Return the sections of all schemes by their names: those of the files in this directory, and of extensions."""
    found = with_extensions(_own_sections(), GROUP)
    for name, section in found.items():
        known = isinstance(section, type) and issubclass(section, BayesConfig)
        if not known or method_of(section) != name or not isinstance(getattr(section, "scheme", None), Scheme):
            raise InputError(f"{GROUP}.{name} must be a section with the method {name!r} and a scheme, not {section!r}")
    return found


def schemes() -> Mapping[str, Scheme[Any]]:
    """Return all schemes by their names."""
    return MappingProxyType({name: section.scheme for name, section in sections().items()})


def method_of(section: type[BayesConfig]) -> str:
    """Return the method whose section it is."""
    return str(section.model_fields["method"].default)


@functools.cache
def _own_sections() -> Mapping[str, type[BayesConfig]]:
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name != "scheme")
    found = [importlib.import_module(f"{__name__}.{name}").SECTION for name in names]
    return MappingProxyType({method_of(section): section for section in found})
