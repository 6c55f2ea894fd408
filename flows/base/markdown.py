"""Tables in Markdown."""

from collections.abc import Sequence

__all__ = ["table"]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, padded: bool = False) -> str:
    """Return a table, a line each for the columns, the rule below them and every row.

    With ``padded``, the rule has a space on both sides of each bar, like the rows.
    """
    rule = _line(["---"] * len(columns)) if padded else "|---" * len(columns) + "|\n"
    return "".join([_line(columns), rule, *(_line(row) for row in rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
