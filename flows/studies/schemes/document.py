"""docs/schemes.md: ways to be Bayesian side by side, and what the stochastic unit takes of cores of several sizes."""

from collections.abc import Mapping
from pathlib import Path

from ..overhead.study import overhead_markdown
from ..page import Page, kept
from ..result_kind import ResultKind
from .show import render_schemes

__all__ = ["SCHEMES"]

_SCHEMES, _OVERHEAD = "schemes", "overhead"


def _sections(root: Path) -> Mapping[str, str]:
    return {
        _SCHEMES: render_schemes(kept(root, _SCHEMES)),
        _OVERHEAD: "\n".join(overhead_markdown(each) for each in kept(root, _OVERHEAD)),
    }


SCHEMES = Page(
    path=Path("docs/schemes.md"),
    sections=_sections,
    kinds=(
        ResultKind(
            command="schemes", member="schemes", path=lambda result: Path(_SCHEMES, f"{result['network']}.json")
        ),
        ResultKind(
            command="overhead", member="overhead", path=lambda result: Path(_OVERHEAD, f"{result['name']}.json")
        ),
    ),
)
