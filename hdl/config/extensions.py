"""Extensions from outside of this repository.

An extension is declared as the entry points of a package are, under a group of this package: in the metadata of
an installed distribution, or in the file ``pyproject.toml`` of a folder that the environment variable names.
"""

import dataclasses
import functools
import importlib.metadata
import os
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from .document import parse_toml, read_text
from .errors import InputError

__all__ = ["PLUGINS", "add_plugin", "declared", "extensions", "projects", "with_extensions"]

#: Environment variable with folders of extensions, separated as those of PATH. Child processes inherit it.
PLUGINS = "BAYESCIM_PLUGINS"

#: Beginning of the names of our groups.
_OURS = "bayescim."

Own = TypeVar("Own")


@dataclasses.dataclass(frozen=True)
class _Project:
    """Project of a folder."""

    name: str
    version: str
    points: frozenset[EntryPoint]


def add_plugin(folder: Path) -> None:
    """Add ``folder`` to those that are searched for extensions.

    Raises
    ------
    InputError
        It has no file ``pyproject.toml`` with entry points.
    """
    whole = str(folder.resolve())
    _project(whole)
    known = [each for each in _folders().split(os.pathsep) if each]
    if whole not in known:
        os.environ[PLUGINS] = os.pathsep.join([*known, whole])


def extensions(group: str) -> Mapping[str, Any]:
    """Return the objects of extensions under ``group``, such as ``bayescim.schemes``, by name.

    Raises
    ------
    InputError
        One of them cannot be imported, or two have the same name.
    """
    return _extensions(group, _folders())


def declared(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points of extensions under ``group``. Nothing of them is imported, and names may be taken twice.

    Raises
    ------
    InputError
        A folder that the environment variable names has no entry points.
    """
    return _points_of(group, _folders())


def projects() -> Mapping[str, str]:
    """Return the version of each project that has extensions of ours, by its name: part of what made a product."""
    groups = (group for group in importlib.metadata.entry_points().groups if group.startswith(_OURS))
    points = (point for group in groups for point in importlib.metadata.entry_points(group=group))
    installed = {point.dist.name: point.dist.version for point in points if point.dist is not None}
    named = (_project(folder) for folder in filter(None, _folders().split(os.pathsep)))
    found = installed | {project.name: project.version for project in named}
    return MappingProxyType(dict(sorted(found.items())))


def with_extensions(own: Mapping[str, Own], group: str) -> Mapping[str, Own]:
    """Return ``own`` objects and those of extensions under ``group``, by name.

    Raises
    ------
    InputError
        A name is taken twice, or an extension cannot be imported.
    """
    others = extensions(group)
    for name in others:
        if name in own:
            raise InputError(f"{group}.{name} must have a name that is free, not one of {', '.join(own)}")
    return MappingProxyType({**own, **others})


def _folders() -> str:
    return os.environ.get(PLUGINS, "")


@functools.cache
def _extensions(group: str, folders: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for point in _points_of(group, folders):
        if point.name in found:
            raise InputError(f"{group} must have one extension {point.name!r}, not two")
        try:
            found[point.name] = point.load()
        # Whatever is wrong in a module from outside, it is not a bug of ours.
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            line = f"{group}.{point.name} must be what can be imported, not {point.value!r}: {reason}"
            raise InputError(line) from error
    return MappingProxyType(found)


def _points_of(group: str, folders: str) -> tuple[EntryPoint, ...]:
    points = set(importlib.metadata.entry_points(group=group))
    for folder in filter(None, folders.split(os.pathsep)):
        points |= {point for point in _project(folder).points if point.group == group}
        if folder not in sys.path:
            sys.path.append(folder)
    return tuple(sorted(points))


@functools.cache
def _project(folder: str) -> _Project:
    """Return the project in ``folder``, with the entry points that it declares."""
    path = Path(folder, "pyproject.toml")
    try:
        project = parse_toml(read_text(path))["project"]
        points = frozenset(_points(project["entry-points"]))
        name, version = project.get("name", path.parent.name), project.get("version", "unknown")
    except (OSError, UnicodeDecodeError, InputError, LookupError, AttributeError, TypeError):
        raise InputError(f"plugin must be a folder with entry points in its pyproject.toml, not {folder!r}") from None
    return _Project(str(name), str(version), points)


def _points(groups: Mapping[str, Mapping[str, str]]) -> Iterator[EntryPoint]:
    for group, points in groups.items():
        for name, value in points.items():
            yield EntryPoint(name=name, value=value, group=group)
