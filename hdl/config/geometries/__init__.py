"""The catalogue of small configurations.

A name stands for the same configuration in proofs, testbenches and tests.
"""

import functools
from collections.abc import Mapping
from typing import Any

from ..core import CoreConfig
from . import dense, drawn, grouped, maps, prefixes, schemes, self_tests
from .documents import Document, convolutional

__all__ = ["GEOMETRIES", "Document", "convolutional", "geometry", "variant"]

#: Modules with configurations.
PARTS = (dense, prefixes, maps, schemes, self_tests, drawn, grouped)

#: All of them by name, in the form of their files.
GEOMETRIES: Mapping[str, Document] = {each["name"]: each for part in PARTS for each in part.GEOMETRIES}


@functools.cache
def geometry(name: str) -> CoreConfig:
    """Return the small configuration ``name``, or the named one."""
    return CoreConfig.model_validate(GEOMETRIES[name]) if name in GEOMETRIES else CoreConfig.load(name)


def variant(base: str, name: str, **changes: Mapping[str, Any]) -> CoreConfig:
    """Return the configuration ``base`` under another ``name``, some members of its sections changed."""
    document = GEOMETRIES[base]
    sections = {section: {**document.get(section, {}), **members} for section, members in changes.items()}
    return CoreConfig.model_validate({**document, "name": name, **sections})
