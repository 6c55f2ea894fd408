"""Options of the study of schemes."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

__all__ = ["SchemesOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SchemesOptions:
    """Methods, trainings, inputs and targets."""

    methods: Sequence[str] = ()
    """Methods to go through, by default :data:`flows.studies.schemes.study.COMPARED`; those that were measured before
    are reported as well."""

    seeds: int = 1
    """Seeds 0, 1 … of training. Everything but training and measuring is done of seed 0."""

    inputs: int = 200
    """Test inputs that RTL and golden compute and that are compared bit by bit."""

    targets: Sequence[str] = ()
    """Targets of synthesis; none for no synthesis."""

    data: Path | None = None
    """Directory of the data sets."""
