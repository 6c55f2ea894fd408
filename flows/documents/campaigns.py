"""Table of mutants of netlists in docs/verification.md."""

from collections.abc import Mapping
from pathlib import Path

from ..base import markdown
from ..studies.page import Page
from ..verify.campaign_record import CampaignRecord

__all__ = ["CAMPAIGNS", "DIRECTORY"]

#: Where a checkout keeps what `bayescim campaign` wrote.
DIRECTORY = Path("docs/campaigns")

_COLUMNS = (
    "core",
    "command",
    "mutants",
    "killed",
    "proved equal",
    "undecided",
    "contradictions",
    "killed of those not proved equal",
    "clock cycles",
    "processor seconds: stimuli, mutants, proofs",
)


def _sections(root: Path) -> Mapping[str, str]:
    rows = [_row(CampaignRecord.read(path, "bayescim campaign")) for path in sorted((root / DIRECTORY).glob("*.json"))]
    return {"campaigns": markdown.table(_COLUMNS, rows)}


def _row(each: CampaignRecord) -> list[str]:
    return [
        f"`{each.provenance.config_name}`",
        f"`{each.command}`",
        f"{each.mutants:,}",
        f"{each.killed:,}",
        f"{each.equal:,}",
        f"{len(each.undecided):,}",
        f"{len(each.contradictions):,}",
        f"{each.score:.1%}",
        f"{each.cycles:,}",
        ", ".join(f"{each.seconds[part]:.1f}" for part in ("record", "simulate", "prove")),
    ]


CAMPAIGNS = Page(path=Path("docs/verification.md"), sections=_sections)
