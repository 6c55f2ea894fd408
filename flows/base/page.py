"""Self-contained HTML pages of tables, pictures and text."""

import base64
import dataclasses
from collections.abc import Sequence
from typing import Self

import jinja2
from matplotlib.figure import Figure
from rich.table import Table as TerminalTable
from rich.text import Text

from .pictures import to_svg

__all__ = ["Card", "Page", "Picture", "Section", "Table"]

#: Characters of the longest cell of a column of numbers.
_LONGEST_NUMBER = 24

#: Most columns of a table whose rows stay rows on a narrow screen.
_FEW = 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Picture:
    """Figure with its texts."""

    figure: Figure
    """The drawing."""

    alt: str
    """Alternative text."""

    caption: str
    """Caption."""

    @property
    def uri(self) -> str:
        """The drawing as an address that holds it."""
        return "data:image/svg+xml;base64," + base64.b64encode(to_svg(self.figure)).decode()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    """Table of a page."""

    caption: str
    """Caption."""

    columns: Sequence[str]
    """Names of the columns."""

    rows: Sequence[Sequence[str]]
    """Cells."""

    folded: bool = False
    """Whether only the caption is seen until somebody opens it."""

    @classmethod
    def of(cls, table: TerminalTable, *, folded: bool = False) -> Self:
        """Return a table that was made for a terminal."""
        columns = [[Text.from_markup(str(cell)).plain for cell in each.cells] for each in table.columns]
        return cls(
            caption=Text.from_markup(str(table.title or "")).plain,
            columns=[Text.from_markup(str(each.header)).plain for each in table.columns],
            rows=list(zip(*columns, strict=True)),
            folded=folded,
        )

    @property
    def stacked(self) -> bool:
        """Whether a row becomes a list on a narrow screen."""
        return len(self.columns) > _FEW

    @property
    def kinds(self) -> Sequence[str]:
        """`number` or `text` for each column: numbers are to the right, and stay on one line."""
        return ["number" if _are_numbers([row[index] for row in self.rows]) else "text" for index in self._places]

    @property
    def _places(self) -> range:
        return range(len(self.columns))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Section:
    """Section of a page."""

    title: str
    """Title."""

    texts: Sequence[str] = ()
    """Paragraphs before the tables."""

    tables: Sequence[Table] = ()
    """Tables."""

    pictures: Sequence[Picture] = ()
    """Pictures, each as wide as a narrow screen; a wide one shows them side by side."""

    notes: Sequence[str] = ()
    """Paragraphs after the tables."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """Figure at the top of a page."""

    value: str
    """The figure."""

    label: str
    """Name of the figure."""

    state: str = ""
    """`good`, `bad`, or nothing."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    """Page that needs no other file."""

    title: str
    """Title."""

    lead: str
    """First paragraph."""

    cards: Sequence[Card] = ()
    """Figures at the top."""

    sections: Sequence[Section]
    """Sections."""

    provenance: Sequence[tuple[str, str]] = ()
    """Names and values of the origin."""

    source: str
    """Sentence on where the same numbers are as a file."""

    def to_html(self) -> str:
        """Return the page."""
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("flows.base"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        return environment.get_template("page.html.j2").render(page=self)


def _are_numbers(cells: Sequence[str]) -> bool:
    told = [cell for cell in cells if cell]
    short = all(len(cell) <= _LONGEST_NUMBER for cell in told)
    return short and 2 * sum(cell.lstrip("+-−")[:1].isdigit() for cell in told) > len(told)
