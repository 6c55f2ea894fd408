"""Results into the checkout, and the documents anew."""

from collections.abc import Sequence
from pathlib import Path

from hdl.config import InputError

from ..base.files import make_directory, read_json, write_atomically
from ..base.sections import replace_section
from ..studies.page import PICTURES, RESULTS
from ..studies.result_kind import kind_of
from .pages import find_pages
from .readme import README
from .vectors import VECTORS, write_vectors

__all__ = ["document"]


def document(root: Path, reports: Sequence[Path] = (), *, vectors: bool = False) -> Path:
    """Take ``reports`` into the checkout at ``root``, write its documents anew, and return the last of them.

    With ``vectors`` golden makes the test vectors of docs/numerics.md anew first.

    Raises
    ------
    InputError
        A report is missing, damaged, of no kind that is shown, or not to be shown; a document has not the section; or
        ``root`` is no checkout.
    """
    if not (root / README.path).is_file():
        raise InputError(f"root must be a checkout of bayescim, not {str(root)!r}")
    pages = find_pages()
    kinds = [kind for page in pages for kind in page.kinds]
    taken = {}
    for report in reports:
        kind = kind_of(read_json(report, "bayescim report"), kinds)
        content = kind.record.read(report, f"bayescim {kind.command}").plain()
        taken[kind.path(content)] = kind.kept.of(kind.keep(content))
    for path, record in taken.items():
        record.write(make_directory((root / RESULTS / path).parent) / path.name)
    if vectors:
        write_vectors(root / VECTORS)
    texts: dict[Path, str] = {}
    for page in pages:
        text = texts.get(page.path) or (root / page.path).read_text(encoding="utf-8")
        for name, section in page.sections(root).items():
            text = replace_section(text, name, section)
        texts[page.path] = text
    for page in pages:
        for name, draw in page.pictures(root).items():
            write_atomically(make_directory(root / PICTURES) / name, draw())
    for path, text in texts.items():
        write_atomically(root / path, text.encode())
    return root / README.path
