"""Table of stuck nets in docs/verification.md."""

from collections.abc import Mapping
from pathlib import Path

from ..base import markdown
from ..studies.page import Page
from ..verify.faults_record import FaultsRecord

__all__ = ["FAULTS", "FAULTS_DIRECTORY"]

#: Where a checkout keeps what `bayescim faults` wrote.
FAULTS_DIRECTORY = Path("docs/faults")

_COLUMNS = (
    "core",
    "command",
    "faults",
    "stopped",
    "wrong",
    "hidden",
    "clock cycles",
    "seconds: build, preparation, simulation",
    "processor seconds of the simulation",
)


def _sections(root: Path) -> Mapping[str, str]:
    paths = sorted((root / FAULTS_DIRECTORY).glob("*.json"))
    rows = [_row(FaultsRecord.read(path, "bayescim faults")) for path in paths]
    return {"faults": markdown.table(_COLUMNS, rows)}


def _row(each: FaultsRecord) -> list[str]:
    return [
        f"`{each.provenance.config_name}`",
        f"`{each.command}`",
        f"{each.faults:,}",
        f"{each.stopped:,}",
        f"{each.wrong:,}",
        f"{each.hidden:,}",
        f"{each.cycles:,}",
        ", ".join(f"{each.seconds[part]:.1f}" for part in ("build", "prepare", "simulate")),
        f"{each.processor_seconds:.1f}",
    ]


FAULTS = Page(path=Path("docs/verification.md"), sections=_sections)
