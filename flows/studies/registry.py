"""Registry of studies: folders of this room, of installed packages, and of a user."""

import dataclasses
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hdl.config import InputError

if TYPE_CHECKING:
    from .study import Study

__all__ = ["GROUP", "Listing", "find_studies", "load_folder", "unique"]

#: Entry points of installed packages: the name of a study, and the package that is its folder.
GROUP = "bayescim.studies"

#: Modules that a folder must have: ``COMMAND`` is in the first, ``STUDY`` in the second.
_MODULES = ("command", "study")

#: Modules of folders that are in no package.
_PREFIX = "bayescim_study_"


@dataclasses.dataclass(frozen=True)
class Listing:
    """A study by name. Nothing of it is imported before it is asked for."""

    name: str
    """Name of the folder, or of the entry point."""

    package: str
    """The folder as a package."""

    @property
    def command(self) -> Callable[..., Any]:
        """The command; its module imports nothing heavy before the command runs."""
        command: Callable[..., Any] = importlib.import_module(f"{self.package}.command").COMMAND
        return command

    @property
    def study(self) -> "Study":
        """The study."""
        study: Study = importlib.import_module(f"{self.package}.study").STUDY
        return study


def find_studies() -> tuple[Listing, ...]:
    """Return the studies of this room, then those of installed packages, both by name.

    Raises
    ------
    InputError
        Two have the same name.
    """
    room = __package__
    folders = pkgutil.iter_modules(importlib.import_module(room).__path__)
    own = [Listing(each.name, f"{room}.{each.name}") for each in folders if each.ispkg]
    installed = [Listing(each.name, each.value) for each in importlib.metadata.entry_points(group=GROUP)]
    found = tuple(sorted(listings, key=lambda each: each.name) for listings in (own, installed))
    return unique((*found[0], *found[1]))


def unique(listings: Iterable[Listing]) -> tuple[Listing, ...]:
    """Return ``listings``.

    Raises
    ------
    InputError
        Two have the same name.
    """
    found: dict[str, Listing] = {}
    for each in listings:
        if each.name in found:
            raise InputError(f"study must have a name of its own, not {each.name!r} of {found[each.name].package}")
        found[each.name] = each
    return tuple(found.values())


def load_folder(path: Path) -> Listing:
    """Return the study in a folder that is in no package.

    Raises
    ------
    InputError
        It is no folder of a study.
    """
    path = path.resolve()
    for name in ("__init__", *_MODULES):
        if not (path / f"{name}.py").is_file():
            raise InputError(f"study must be a folder with {name}.py, not {str(path)!r}")
    package = f"{_PREFIX}{path.name}"
    if package not in sys.modules:
        place = importlib.util.spec_from_file_location(
            package, path / "__init__.py", submodule_search_locations=[str(path)]
        )
        if place is None or place.loader is None:
            raise InputError(f"study must be a Python package, not {str(path)!r}")
        module = importlib.util.module_from_spec(place)
        sys.modules[package] = module
        place.loader.exec_module(module)
    return Listing(path.name, package)
