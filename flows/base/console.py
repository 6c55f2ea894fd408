"""Console output.

Results go to standard output, everything else to standard error.
"""

import codecs
import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from .files import to_json

__all__ = ["OnProgress", "notice", "progress", "show", "table"]

#: Characters of a cell that is not broken into lines.
_SHORT = 24
_OTHER = re.compile(r"[^\x00-\x7f]+")

#: Called with finished and total work, in any unit.
OnProgress = Callable[[int, int], None]


def notice(line: str) -> None:
    """Print one line for the person at the terminal, never into what another program reads."""
    Console(stderr=True).print(escape(line), highlight=False, soft_wrap=True)


@contextlib.contextmanager
def progress(description: str) -> Iterator[OnProgress]:
    """Show a progress bar on standard error while the block runs; the block gets what moves it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    # A log wants lines, and gets those that tell something.
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    task = bar.add_task(escape(description), total=None)

    def advance(done: int, total: int) -> None:
        # Nothing is shown before there is work: bad input is one line, and it is found before.
        if not bar.finished:
            bar.start()
        bar.update(task, completed=done, total=total)
        # The next one may begin.
        if bar.finished:
            bar.stop()

    try:
        yield advance
    except BaseException:
        bar.live.transient = True
        raise
    finally:
        if bar.live.is_started:
            bar.stop()


def table(title: str, columns: list[str], rows: list[list[str]]) -> Table:
    """Return a table; its first column is text and the others are numbers, set to the right."""
    made = Table(title=escape(title), title_justify="left", highlight=False)
    for index, column in enumerate(columns):
        made.add_column(escape(column), justify="right" if index else "left", no_wrap=index == 0)
    for row in rows:
        made.add_row(*(escape(cell) for cell in row))
    return made


def show(value: Any, tables: list[Table], *, as_json: bool) -> None:
    """Print ``tables`` on standard output, or instead of them ``value`` as JSON and nothing else.

    No cell is cut, however narrow the terminal is: a table breaks lines between words, and where that is not enough it
    is wider than the terminal.
    """
    if as_json:
        print(_as_the_terminal_can(to_json(value)), end="")
        return
    for each in tables:
        Console(width=_fit(each, Console().width)).print(each)


def _fit(table: Table, terminal: int) -> int:
    """Give every column of ``table`` its width, and return that of the table, as far as possible that of the terminal.

    Short cells, which are names and numbers such as 98.06% ± 0.31, stay on one line, and no word is broken.
    """
    columns = [[Text.from_markup(str(cell)).plain for cell in (each.header, *each.cells)] for each in table.columns]
    longest = [max(len(cell) for cell in cells) for cells in columns]
    least = [
        max(_unbroken(cell, whole=made.no_wrap or len(cell) <= _SHORT) for cell in cells)
        for made, cells in zip(table.columns, columns, strict=True)
    ]
    # A bar and a blank on both sides of each, and the last bar.
    around = 3 * len(columns) + 1
    left = terminal - around - sum(least)
    for column, fewest, most in zip(table.columns, least, longest, strict=True):
        column.width = fewest + min(max(0, left), most - fewest)
        left -= column.width - fewest
    return max(terminal, around + sum(least))


def _unbroken(cell: str, *, whole: bool) -> int:
    """Return the length of ``cell``, or that of its longest word."""
    return len(cell) if whole else max(map(len, cell.split()), default=0)


def _as_the_terminal_can(text: str) -> str:
    """Return JSON with what the terminal's character set may lack written in ASCII."""
    if codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8":
        return text
    return _OTHER.sub(lambda signs: json.dumps(signs[0])[1:-1], text)
