"""One claim."""

import dataclasses
from pathlib import Path

from .difference import Verdict

__all__ = ["Claim", "Evidence"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evidence:
    """Measurement of ours."""

    figure: str
    """Our figure, with its interval."""

    setting: str
    """Network, seeds or chips, passes."""

    baseline: str
    """Side that it is compared with."""

    verdict: Verdict
    """Outcome."""

    results: tuple[Path, ...]
    """Kept results, below the checkout."""

    commands: tuple[str, ...]
    """Commands that made them."""

    missing: str = ""
    """Reason why the claim is open."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Claim:
    """Claim of a paper."""

    paper: str
    """Its method, and number on arXiv."""

    claim: str
    """The claim, in our words."""

    tag: str
    """Where we have it from, as in docs/methods.md."""

    evidence: Evidence
    """Measurement of ours."""
