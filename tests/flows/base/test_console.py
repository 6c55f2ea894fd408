"""Tables on terminals of any width."""

import re

import pytest

from flows.base.console import show, table

COLUMNS = ["target", "accuracy, mean of all chips", "cells", "kinds of cells"]
ROWS = [
    ["ice40 [1]", "98.06% ± 0.31", "1,234,567,890", "28,306 LUTs, 22,189 flip-flops, 5,051 carries, 266 block RAMs"],
    ["a rather long name of a target", "1.00% ± 0.01", "0", ", ".join(["12,345 LUT RAMs"] * 9)],
    ["sha256", "—", "", "c280ba27819f943ff" * 4],
]


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 132])
def test_nothing_is_cut(capsys, monkeypatch, columns):
    """Numbers and names are on one line, whole, and every word of a text is there."""
    monkeypatch.setenv("COLUMNS", str(columns))
    show(None, [table("Cells [of] a core", COLUMNS, ROWS)], as_json=False)
    out = capsys.readouterr().out
    assert "…" not in out
    for row in ROWS:
        (line,) = (line for line in out.splitlines() if row[0] in line)
        assert all(cell in line for cell in row[:3])
    words = re.findall(r"[^\s│┃]+", out)
    for row in ROWS:
        assert all(word in words for word in row[3].split())
    assert all(word in words for word in " ".join(COLUMNS).split())


@pytest.mark.parametrize("columns", [60, 80])
def test_a_table_that_fits_is_not_wider_than_the_terminal(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    show(None, [table("Cells", ["target", "cells"], [["ice40", ", ".join(["12,345 LUT RAMs"] * 9)]])], as_json=False)
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= columns
