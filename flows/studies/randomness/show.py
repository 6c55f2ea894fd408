"""Tables of the study of random bits."""

import functools
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ..effect_row import EFFECTS, effect_row
from ..study import Draw, Shown
from .picture import draw_effects
from .quality import SIGNIFICANCE
from .self_test_table import render_limits, self_test_table

__all__ = ["name", "pictures", "randomness_tables", "sections", "to_markdown"]


def name(result: Mapping[str, Any]) -> str:
    """Return the name of the configuration."""
    found: str = result["provenance"]["config_name"]
    return found


def randomness_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the tests, without their largest departures, the effects, and the limits of the self-test as tables."""
    qualities = result["qualities"]
    return [
        table("p-values of the mask bits", _test_columns(qualities), _test_rows(qualities, shown=False)),
        table(
            "The network with bits of each source, means",
            list(EFFECTS),
            [effect_row(each, shown=False) for each in result["effects"]],
        ),
        self_test_table(result["self_test"], units=result["watched_units"]),
    ]


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return the picture of a result."""
    return {f"randomness_{name(result)}": functools.partial(draw_effects, result["effects"])}


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return a section of the document for each network, and that of the limits of the self-test."""
    shown = {f"randomness {name(result)}": to_markdown(result, *addresses) for result, addresses in results}
    return {**shown, "self-test": render_limits()}


def to_markdown(result: Mapping[str, Any], picture: str) -> str:
    """Return tests and effects as Markdown, with the picture at the address ``picture``."""
    qualities = result["qualities"]
    failed = sum(not each["passed"] for each in qualities)
    tests = markdown.table(_test_columns(qualities), _test_rows(qualities, shown=True), padded=True)
    effects = markdown.table(EFFECTS, [effect_row(each, shown=True) for each in result["effects"]], padded=True)
    return (
        f"p-values of the mask bits of `{name(result)}` over {result['tested']:,} passes, and the draw with which the "
        f"self-test\nraised its first alarm. A source fails where a p-value is below {SIGNIFICANCE:g} or where "
        f"its register comes to the\nend of its period: {failed} of {len(qualities)} do. In brackets is what departs "
        "most.\n\n"
        f"{tests}\n"
        f"The trained network on {result['inputs']:,} test images, T = {result['passes']}, mean ± standard deviation "
        f"over {result['repeats']} repetitions.\nAUROC of the predictive entropy: test images against the same turned "
        "by a quarter, and against uniform noise.\n\n"
        f"{effects}\n"
        f"![What poor randomness does to {name(result)}]({picture})\n"
    )


def _test_columns(qualities: Sequence[Mapping[str, Any]]) -> list[str]:
    return ["source", "period", *(test["name"] for test in qualities[0]["tests"]), "verdict", "self-test"]


def _test_rows(qualities: Sequence[Mapping[str, Any]], *, shown: bool) -> list[list[str]]:
    return [
        [
            each["source"],
            _period(each["period"]),
            *(_p_value(test["p_value"]) + (f" ({test['largest']:+.3f})" if shown else "") for test in each["tests"]),
            "passes" if each["passed"] else "repeats" if each["repeats"] else "fails",
            "none" if each["alarm"] is None else f"{each['alarm']}, draw {each['alarm_draw']:,}",
        ]
        for each in qualities
    ]


def _period(period: int | None) -> str:
    if period is None:
        return "—"
    return f"{period:,}" if period < 10**7 else f"{period:.1e}"


def _p_value(value: float) -> str:
    return f"{value:.2g}" if value >= sys.float_info.min else "< 1e-307"
