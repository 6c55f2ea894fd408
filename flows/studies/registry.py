"""Registry of the studies.

They are the folders of this room, and extensions.
"""

import dataclasses
import importlib.util
import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hdl.config import InputError, declared

if TYPE_CHECKING:
    from .study import Study

__all__ = ["GROUP", "Listing", "find_studies"]

#: Group of the entry points of studies from outside: the name of a study, and the package that is its folder. Its
#: module ``command`` has ``COMMAND``, its module ``study`` has ``STUDY``.
GROUP = "bayescim.studies"


@dataclasses.dataclass(frozen=True)
class Listing:
    """A study by name, imported on demand."""

    name: str
    """Name of the folder, or of the entry point."""

    package: str
    """The folder as a package."""

    @property
    def command(self) -> Callable[..., Any]:
        """The command; its module imports nothing heavy before the command runs."""
        if not self._has("study"):
            raise InputError(f"{self._must_have('study', 'STUDY')}: there is no such module")
        command: Callable[..., Any] = self._offered("command", "COMMAND")
        return command

    @property
    def study(self) -> "Study":
        """The study."""
        study: Study = self._offered("study", "STUDY")
        return study

    def _offered(self, module: str, name: str) -> Any:
        try:
            return getattr(importlib.import_module(f"{self.package}.{module}"), name)
        # Whatever is wrong in a package from outside, it is not a bug of ours.
        except Exception as error:
            if self.package.startswith(f"{__package__}."):
                raise
            raise InputError(f"{self._must_have(module, name)}: {type(error).__name__}: {error}") from error

    def _has(self, module: str) -> bool:
        """Return whether there is such a module, without importing it."""
        try:
            return importlib.util.find_spec(f"{self.package}.{module}") is not None
        # The import that comes next says more.
        except Exception:
            return True

    def _must_have(self, module: str, name: str) -> str:
        return f"{GROUP}.{self.name} must be a package whose module {module} has {name}, not {self.package!r}"


def find_studies() -> tuple[Listing, ...]:
    """Return the studies of this room, then those of extensions, both by name.

    Raises
    ------
    InputError
        Two have the same name.
    """
    room = __package__
    folders = pkgutil.iter_modules(importlib.import_module(room).__path__)
    listings = sorted((Listing(each.name, f"{room}.{each.name}") for each in folders if each.ispkg), key=_name)
    listings += sorted((Listing(each.name, each.value) for each in declared(GROUP)), key=_name)
    found: dict[str, Listing] = {}
    for each in listings:
        if each.name in found:
            raise InputError(f"study must have a name of its own, not {each.name!r} of {found[each.name].package}")
        found[each.name] = each
    return tuple(found.values())


def _name(listing: Listing) -> str:
    return listing.name
