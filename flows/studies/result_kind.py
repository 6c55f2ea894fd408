"""Kinds of results that documents show."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from hdl.config import InputError

from ..base.record import Record

__all__ = ["ResultKind", "kind_of", "of_trained"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ResultKind:
    """Kind of the results of one command.

    It knows the part of a result that a checkout keeps.
    """

    command: str
    """Name of the command, for messages."""

    member: str
    """Member that results of this kind have, and no others."""

    record: type[Record]
    """Contents of the file that the command writes."""

    directory: str
    """Directory of the kept results, below :data:`flows.studies.page.RESULTS`."""

    stem: Callable[[Mapping[str, Any]], str]
    """Name of a kept result: one of the same name replaces it."""

    keep: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    """Returns the part of a result that is kept. Raises :class:`InputError` where it is not to be shown."""

    shortened: type[Record] | None = None
    """The part that is kept, where it is not of the same form."""

    @property
    def kept(self) -> type[Record]:
        """The form of kept results."""
        return self.record if self.shortened is None else self.shortened

    def path(self, result: Mapping[str, Any]) -> Path:
        """Return where a result is kept, below :data:`flows.studies.page.RESULTS`."""
        return Path(self.directory, f"{self.stem(result)}.json")


def kind_of(result: object, kinds: Iterable[ResultKind]) -> ResultKind:
    """Return the kind of a result.

    Raises
    ------
    InputError
        It is of none of ``kinds``.
    """
    kinds = tuple(kinds)
    if isinstance(result, Mapping):
        for kind in kinds:
            if kind.member in result:
                return kind
    commands = ", ".join(dict.fromkeys(kind.command for kind in kinds))
    raise InputError(f"report must be a result of bayescim {commands}, not another file")


def of_trained(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return ``report``.

    Raises
    ------
    InputError
        It is about random weights.
    """
    if any(each["random_weights"] for each in report.get("networks", [report])):
        raise InputError(f"report must be of a trained network, not of random weights ({report['name']})")
    return report
