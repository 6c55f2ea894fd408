"""A study: measurement, tables, pictures and pages."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer
from matplotlib.figure import Figure
from rich.table import Table

from ..base.console import show
from ..base.files import claim_directory, make_directory, write_atomically
from ..base.page import Page as HtmlPage
from ..base.page import Picture, Section
from ..base.page import Table as PageTable
from ..base.pictures import to_png, to_svg
from ..base.record import Record
from ..base.sections import read_document, replace_section
from .page import PICTURES, Page, kept
from .result_kind import ResultKind

__all__ = ["Draw", "Panel", "Result", "Shown", "Study"]

#: Figures of a study as JSON has them.
Result = Mapping[str, Any]

#: Draws one picture.
Draw = Callable[[], Figure]


class Panel(NamedTuple):
    """Picture of a page, no wider than a narrow screen."""

    draw: Draw
    """Draws it."""

    caption: str
    """Caption, also the text in its place."""


class Shown(NamedTuple):
    """A result in a document."""

    result: Result
    """The result."""

    pictures: Sequence[str]
    """Addresses of its pictures, relative to the document."""


def _no_pictures(_: Result) -> Mapping[str, Draw]:
    """Return that there are no pictures."""
    return {}


def _no_sentences(_: Result) -> Sequence[str]:
    """Return that there is nothing to add to the tables."""
    return ()


def _no_panels(_: Result) -> Sequence[Panel]:
    """Return that the pictures are narrow enough as they are."""
    return ()


def _always(_: Result) -> bool:
    """Return True."""
    return True


def _no_sections(_: Sequence[Shown]) -> Mapping[str, str]:
    """Return that no document has a section of it."""
    return {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Study:
    """A measurement and the forms of its result.

    They are JSON, tables, a page, pictures and sections of documents. All functions but :attr:`run` take the result as
    its file has it. Pictures have the same name wherever they are.
    """

    name: str
    """Name of the files of a result: ``NAME.json``, ``NAME.md`` and ``NAME.html``."""

    record: type[Record]
    """Contents of ``NAME.json``: what is written, and what may be read."""

    run: Callable[..., Result]
    """Measures; its options are a data class, with their defaults, that the command shares."""

    title: Callable[[Result], str]
    """Title of a result's page."""

    markdown: Callable[..., str]
    """Returns a result as Markdown; the arguments after it are the addresses of its pictures."""

    tables: Callable[[Result], Sequence[Table]]
    """Tables for a terminal."""

    sentences: Callable[[Result], Sequence[str]] = _no_sentences
    """Lines below the tables."""

    pictures: Callable[[Result], Mapping[str, Draw]] = _no_pictures
    """Pictures of a result by the stem of their file."""

    panels: Callable[[Result], Sequence[Panel]] = _no_panels
    """The pictures in parts for the page, which narrow screens show one below the other. By default there are none, and
    the page has the pictures."""

    holds: Callable[[Result], bool] = _always
    """Whether everything agrees that has to; the exit code of the command is 1 where it does not."""

    sections: Callable[[Sequence[Shown]], Mapping[str, str]] = _no_sections
    """Sections of the document by name, of all results that a checkout keeps, in the order of their names."""

    document: Path | None = None
    """Document of kept results, below the checkout."""

    kind: ResultKind | None = None
    """Results that a checkout keeps."""

    def conduct(self, directory: Path, *arguments: Any, **keywords: Any) -> Any:
        """Measure with these arguments, write the result into ``directory``, and return it as its file has it.

        Raises
        ------
        InputError
            The directory cannot be written, or another run writes there.
        """
        claim_directory(directory)
        return self.write(directory, self.run(*arguments, **keywords))

    def write(self, directory: Path, result: Result) -> Any:
        """Write result, pages and pictures into ``directory``, and return the result as its file has it.

        Raises
        ------
        InputError
            The directory cannot be written.
        """
        make_directory(directory)
        record = self.record.of(result)
        record.write(directory / f"{self.name}.json")
        # Pages and pictures are made from the file, not from the result in memory.
        result = record.plain()
        pictures = self.pictures(result)
        for stem, draw in pictures.items():
            figure = draw()
            write_atomically(directory / f"{stem}.svg", to_svg(figure))
            write_atomically(directory / f"{stem}.png", to_png(figure))
        page = f"# {self.title(result)}\n\n{self.markdown(result, *(f'{stem}.svg' for stem in pictures))}"
        write_atomically(directory / f"{self.name}.md", page.encode())
        write_atomically(directory / f"{self.name}.html", self.html(result).encode())
        return result

    def section(self, result: Result, *, folded: bool = False) -> Section:
        """Return a result as a section of a page, its tables ``folded`` where there is more on it."""
        panels = self.panels(result) or [Panel(draw, self.title(result)) for draw in self.pictures(result).values()]
        return Section(
            title=self.title(result),
            texts=self.sentences(result),
            tables=[PageTable.of(each, folded=folded) for each in self.tables(result)],
            pictures=[Picture(figure=draw(), alt=caption, caption=caption) for draw, caption in panels],
        )

    def html(self, result: Result) -> str:
        """Return a result as a page that needs no other file."""
        section = self.section(result)
        return HtmlPage(
            title=section.title,
            lead=" ".join(section.texts),
            sections=[dataclasses.replace(section, title="Figures", texts=())],
            provenance=_origin(result.get("provenance", {})),
            source=f"The same numbers are in {self.name}.json beside this page, and as Markdown in {self.name}.md.",
        ).to_html()

    def present(self, result: Result, *, as_json: bool) -> None:
        """Print a result; the command ends with exit code 1 where it does not hold."""
        show(result, [*self.tables(result)], as_json=as_json)
        if not as_json:
            for sentence in self.sentences(result):
                print(sentence)
        if not self.holds(result):
            raise typer.Exit(1)

    def write_sections(self, document: Path, result: Result) -> None:
        """Write the sections of a single result into ``document``, and its pictures beside it.

        Raises
        ------
        InputError
            The document has no such section, or cannot be written.
        """
        text = read_document(document)
        for name, section in self.sections([self._shown(result)]).items():
            text = replace_section(text, name, section)
        for stem, draw in self.pictures(result).items():
            write_atomically(make_directory(document.parent / PICTURES.name) / f"{stem}.svg", to_svg(draw()))
        write_atomically(document, text.encode())

    @property
    def page(self) -> Page | None:
        """The document of kept results, None where a checkout keeps none."""
        if self.document is None or self.kind is None:
            return None
        return Page(path=self.document, sections=self._kept_sections, pictures=self._kept_pictures, kinds=(self.kind,))

    def _kept(self, root: Path) -> list[Result]:
        return [] if self.kind is None else kept(root, self.kind)

    def _kept_sections(self, root: Path) -> Mapping[str, str]:
        return self.sections([self._shown(result) for result in self._kept(root)])

    def _kept_pictures(self, root: Path) -> Mapping[str, Callable[[], bytes]]:
        return {
            f"{stem}.svg": _svg(draw) for result in self._kept(root) for stem, draw in self.pictures(result).items()
        }

    def _shown(self, result: Result) -> Shown:
        return Shown(result, [f"{PICTURES.name}/{stem}.svg" for stem in self.pictures(result)])


def _svg(draw: Draw) -> Callable[[], bytes]:
    return lambda: to_svg(draw())


def _origin(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and values of the origin of a result."""
    found = [(name.replace("_", " "), str(value)) for name, value in provenance.items() if not isinstance(value, dict)]
    found += [(role, f"{each['file']} {each['sha256']}") for role, each in provenance.get("inputs", {}).items()]
    versions = ", ".join(f"{name} {version}" for name, version in provenance.get("versions", {}).items())
    return [*found, ("versions", versions)]
