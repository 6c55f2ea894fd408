"""Prose of sources and documents, as far as a program can read it."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ("bayescim", "cocotb_tests", "driver", "examples", "flows", "golden", "hdl", "scripts")
FOLDERS = (*PRODUCT, "docs", "tests")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
PAGES = [path for path in sorted(ROOT.glob("*.md")) if path.name != "CHANGELOG.md"]
PAGES += sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))
TABLES = sorted({*ROOT.glob("*.toml"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.toml"))})

#: An omission under its other name, across the end of a line too.
LEFT_AWAY = re.compile(r"\b(leave|leaves|leaving|left)(\s+(it|them|this|that))?[\s#]+away\b", re.IGNORECASE)

#: A page, by its path from the root, from `docs` or from the file that names it.
PAGE = re.compile(r"(?<![\w./-])[\w./-]*\w\.md\b")

ADDRESS = re.compile(r"https?://\S+")


def name(path):
    return str(path.relative_to(ROOT))


def docstrings(source):
    """Yield the docstrings of modules, classes, functions and attributes, with their lines."""
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield statement.lineno, value.value.strip()


def comments(source):
    """Yield the comments, with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def without_a_noun(source):
    """Return the docstrings that begin with a clause instead of the noun that it stands for."""
    return [f"{line}: {text.splitlines()[0]}" for line, text in docstrings(source) if text.startswith("What")]


def missing_pages(text, folder):
    """Return the pages that ``text`` in a file of ``folder`` names and that are not there.

    A name that begins in capitals, such as `DIR/chips.md`, stands for a page of the user's.
    """
    pages = PAGE.findall(ADDRESS.sub("", text))
    own = [page for page in pages if not any((place / page).is_file() for place in (ROOT, ROOT / "docs", folder))]
    return [page for page in own if not re.match(r"[A-Z]+(/|\.md$)", page)]


def found(paths, find):
    """Return what ``find`` finds in each of the files in which it finds anything."""
    return {name(path): faults for path in paths if (faults := find(path))}


def pages_missing_from(path):
    """Return the missing pages that a file names; a test in its prose only, for it writes pages of its own."""
    text = path.read_text()
    if path.suffix == ".py" and path.is_relative_to(ROOT / "tests"):
        text = "\n".join(prose for _, prose in (*docstrings(text), *comments(text)))
    return missing_pages(text, path.parent)


def test_docstrings_name_the_noun():
    assert not found(SOURCES, lambda path: without_a_noun(path.read_text()))


def test_omissions_have_their_name():
    assert not found([*SOURCES, *PAGES, *TABLES], lambda path: LEFT_AWAY.findall(path.read_text()))


def test_pages_are_there():
    assert not found([*SOURCES, *PAGES, *TABLES], pages_missing_from)


def test_sources_and_documents_are_read():
    for folder in ("cocotb_tests", "driver", "flows", "golden", "hdl", "tests"):
        assert any(path.is_relative_to(ROOT / folder) for path in SOURCES)
    assert {ROOT / "README.md", ROOT / "docs/numerics.md"} <= {*PAGES}
    assert ROOT / "pyproject.toml" in TABLES


def test_clauses_without_a_noun_are_found():
    source = '"""What it is."""\nclass Kind:\n    """A kind."""\n    member = 0\n    """\n    What it has.\n    """\n'
    assert without_a_noun(source) == ["1: What it is.", "5: What it has."]


@pytest.mark.parametrize("words", ["left {}", "Leave it {}", "# leaves\n# {}"])
def test_an_omission_under_another_name_is_found(words):
    assert LEFT_AWAY.search(words.format("away"))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("see docs/numerics.md#logits, numerics.md 1 and README.md", []),
        ("in DIR/chips.md and NAME.md, or https://example.org/elsewhere.md", []),
        ("see docs/absent.md, absent.md 3 and ../absent.md", ["docs/absent.md", "absent.md", "../absent.md"]),
    ],
)
def test_missing_pages_are_found(text, missing):
    assert missing_pages(text, ROOT / "docs") == missing
