"""Table of chips of macros through RTL in docs/macro.md."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..base import markdown
from ..studies.page import Page, kept
from .engines import SIMULATIONS

__all__ = ["MACROS"]

_COLUMNS = (
    "age",
    "references",
    "logit constants",
    "chips",
    "images × passes",
    "logits that differ from golden",
    "statistics that differ from golden",
    "right answers",
)
_DAY = 86400.0


def _state(result: Mapping[str, Any]) -> tuple[str, float, bool, int]:
    chip = result["chip"]
    return result["provenance"]["config_name"], chip["age"] or 0.0, chip["calibrated"], chip["corrected"] or 0


def _sections(root: Path) -> Mapping[str, str]:
    found = sorted((each for each in kept(root, SIMULATIONS) if each["chip"] is not None), key=_state)
    rows = [_row(list(each)) for _, each in itertools.groupby(found, _state)]
    return {"macros": markdown.table(_COLUMNS, rows)}


def _row(results: list[Mapping[str, Any]]) -> list[str]:
    """Return what the chips in one state gave together."""
    first = results[0]
    chip, equivalences = first["chip"], [each["equivalence"] for each in results]

    def share(different: str, compared: str) -> str:
        return f"{sum(each[different] for each in equivalences):,} of {sum(each[compared] for each in equivalences):,}"

    return [
        "as programmed" if chip["age"] is None else f"{chip['age'] / _DAY:g} d",
        "searched" if chip["calibrated"] else "no offset",
        "of the Program" if chip["corrected"] is None else f"from {chip['corrected']} images",
        ", ".join(str(each["chip"]["chip"]) for each in results),
        f"{first['inputs']} × {first['passes']}",
        share("mismatches", "compared"),
        share("statistics_mismatches", "compared_statistics"),
        ", ".join(str(each["correct"]) for each in results),
    ]


MACROS = Page(path=Path("docs/macro.md"), sections=_sections)
"""The section `macros`."""
