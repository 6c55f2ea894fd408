"""docs/benchmarks.md: what cores cost at their size."""

from collections.abc import Mapping
from pathlib import Path

from ..page import Page, kept
from ..result_kind import ResultKind
from .generation_cost import render_scale

__all__ = ["BENCHMARKS"]

_SCALE = "scale"


def _sections(root: Path) -> Mapping[str, str]:
    return {_SCALE: render_scale(kept(root, _SCALE))}


BENCHMARKS = Page(
    path=Path("docs/benchmarks.md"),
    sections=_sections,
    kinds=(
        ResultKind(
            command="bench scale",
            member="bit_macs_per_pass",
            path=lambda result: Path(_SCALE, f"{result['scale']}.json"),
        ),
    ),
)
