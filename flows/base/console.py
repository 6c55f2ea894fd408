"""Console output.

Results go to standard output, everything else to standard error.
"""

import contextlib
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
        print(to_json(value), end="")
        return
    for each in tables:
        console = Console()
        Console(width=max(console.width, _least_width(each))).print(each)


def _least_width(table: Table) -> int:
    """Return the width of ``table`` with no word broken, and with no line broken in its columns of short cells."""
    width = 1
    for column in table.columns:
        cells = [Text.from_markup(str(cell)).plain for cell in (column.header, *column.cells)]
        longest = max(len(cell) for cell in cells)
        # Short cells are names and numbers, such as 98.06% ± 0.31.
        broken = longest > _SHORT and not column.no_wrap
        least = max(len(word) for cell in cells for word in cell.split() or [""]) if broken else longest
        if not broken:
            column.no_wrap = True
        # A bar and a blank on both sides.
        width += least + 3
    return width
