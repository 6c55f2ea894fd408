"""Existence of the commands in the documents."""

import re
import shlex
from pathlib import Path

import pytest

from flows.cli import run

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:bayescim|make) [^`]+)`")
PROGRAMS = ("bayescim ", "make ")
SHELL = ("", "sh", "bash", "console", "shell")


def commands(document):
    """Yield each command line in the code of a document, without comments."""
    text = document.read_text()
    blocks = [block.replace("\\\n", " ") for language, block in BLOCK.findall(text) if language in SHELL]
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    # Inline, a list of alternatives or three dots is prose.
    lines += [line for line in INLINE.findall(BLOCK.sub("", text)) if not re.search(r"[|…]", line)]
    yield from (shlex.join(shlex.split(line, comments=True)) for line in lines if line.startswith(PROGRAMS))


LINES = sorted({line for document in DOCUMENTS if document.exists() for line in commands(document)})
BAYESCIM = [line for line in LINES if line.startswith("bayescim ")]
MAKE = [line for line in LINES if re.match(r"make \w+", line)]


def test_readme_has_both_commands():
    assert {"make demo", "make test"} <= set(commands(ROOT / "README.md"))


@pytest.mark.parametrize("line", BAYESCIM)
def test_bayescim(line, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    _, command, *arguments = shlex.split(line)
    if command.startswith("-"):
        return
    assert run([command, "--help"]) == 0, line
    shown = capsys.readouterr().out
    for argument in arguments:
        if argument.startswith("-"):
            option = re.escape(argument.partition("=")[0])
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", shown), f"{line}: {argument} is no option"


@pytest.mark.parametrize("line", MAKE)
def test_make(line):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in shlex.split(line)[1:]:
        assert "=" in target or target in targets, line
