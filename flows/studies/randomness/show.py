"""The quality of random bits for people."""

import sys
from collections.abc import Sequence

from rich.table import Table

from ...base.console import table
from ...base.spread import Spread
from ..effect import Effect
from .study import SIGNIFICANCE, Quality

__all__ = ["EFFECTS", "effect_row", "markdown", "randomness_tables", "to_markdown"]

#: Columns of effects.
EFFECTS = ("source", "accuracy", "NLL", "ECE", "AUROC, rotated", "AUROC, noise")


def randomness_tables(qualities: Sequence[Quality], effects: Sequence[Effect]) -> list[Table]:
    """Return the tests, without what departs most, and the effects as tables."""
    columns, rows = _test_columns(qualities), _test_rows(qualities, shown=False)
    return [
        table("p-values of the mask bits", columns, rows),
        table("The network with bits of each source, means", list(EFFECTS), _effect_rows(effects, shown=False)),
    ]


def to_markdown(
    name: str, qualities: Sequence[Quality], effects: Sequence[Effect], *, passes: int, about: str, picture: str
) -> str:
    """Return everything as a section of a document; ``about`` says what network and data the effects are of."""
    failed = sum(not each.passed for each in qualities)
    return (
        f"p-values of the mask bits of `{name}` over {passes:,} passes, and the draw with which the "
        f"self-test\nraised its first alarm. A source fails where a p-value is below {SIGNIFICANCE:g} or where "
        f"its register comes to the\nend of its period: {failed} of {len(qualities)} do. In brackets is what departs "
        "most.\n\n"
        f"{markdown(_test_columns(qualities), _test_rows(qualities, shown=True))}\n"
        f"{about}\n\n"
        f"{markdown(EFFECTS, _effect_rows(effects, shown=True))}\n"
        f"![What poor randomness does to {name}]({picture})\n"
    )


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _test_columns(qualities: Sequence[Quality]) -> list[str]:
    return ["source", "period", *(test.name for test in qualities[0].tests), "verdict", "self-test"]


def _test_rows(qualities: Sequence[Quality], *, shown: bool) -> list[list[str]]:
    return [
        [
            each.source,
            "—" if each.period is None else f"{each.period:,}" if each.period < 10**7 else f"{each.period:.1e}",
            *(_p_value(test.p_value) + (f" ({test.largest:+.3f})" if shown else "") for test in each.tests),
            "passes" if each.passed else "repeats" if each.repeats else "fails",
            "none" if each.alarm is None else f"{each.alarm}, draw {each.alarm_draw:,}",
        ]
        for each in qualities
    ]


def _effect_rows(effects: Sequence[Effect], *, shown: bool) -> list[list[str]]:
    return [effect_row(each, shown=shown) for each in effects]


def effect_row(effect: Effect, *, shown: bool) -> list[str]:
    """Return an effect as a row of :data:`EFFECTS`, with deviations where they are to be ``shown``."""
    measured = (effect.accuracy, effect.nll, effect.ece, effect.auroc_rotated, effect.auroc_noise)
    return [effect.source, *("—" if spread is None else _spread(spread, shown=shown) for spread in measured)]


def _spread(spread: Spread, *, shown: bool) -> str:
    return format(spread if shown else spread.mean, ".4f")


def _p_value(value: float) -> str:
    return f"{value:.2g}" if value >= sys.float_info.min else "< 1e-307"
