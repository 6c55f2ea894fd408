"""Texts are UTF-8 wherever they are read and written, whatever the locale."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [
    path
    for package in ("hdl", "golden", "driver", "flows", "cocotb_tests", "examples")
    for path in sorted((ROOT / package).rglob("*.py"))
]

#: Calls that read or write text, and how many arguments stand before the encoding.
TEXTS = {"read_text": 0, "write_text": 1, "TextIOWrapper": 1}

#: Calls that open a file, and the mode of each where none is given.
OPENED = {
    "open": "r",
    "io.open": "r",
    "codecs.open": "r",
    "os.fdopen": "r",
    "tempfile.TemporaryFile": "w+b",
    "tempfile.NamedTemporaryFile": "w+b",
    "tempfile.SpooledTemporaryFile": "w+b",
}

#: Calls that start another program, and the arguments that ask for its output as text.
PROGRAMS = ("run", "Popen", "check_output", "check_call", "call")
AS_TEXT = ("text", "universal_newlines", "errors")


def without_encoding(source):
    """Return the lines of a source on which the locale would say how a text is written."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and _lacks(node)]


def _lacks(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    given = {keyword.arg for keyword in call.keywords}
    if "encoding" in given:
        return False
    if name in TEXTS:
        return len(call.args) <= TEXTS[name]
    whole = ast.unparse(call.func)
    if whole in OPENED:
        return "b" not in (_mode(call) or OPENED[whole])
    if name == "open":
        # A path, which is asked with a mode or without one; archives and pictures are asked for something.
        return "b" not in (_mode(call) or "r") and (not call.args or _mode(call) is not None)
    return name in PROGRAMS and bool(given & set(AS_TEXT))


def _mode(call):
    """Return the mode in which a file is opened, None where none is given."""
    given = (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode"))
    modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return next((mode for mode in modes if set(mode) <= set("rwabxt+") and len(mode) <= 3), None)


def test_texts_are_utf_8():
    found = {str(path): without_encoding(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("source", "lacks"),
    [
        ("path.read_text()", True),
        ("path.read_text(errors='replace')", True),
        ("path.read_text(encoding='utf-8')", False),
        ("path.read_text('utf-8')", False),
        ("path.write_text(text)", True),
        ("path.open()", True),
        ("path.open('w')", True),
        ("path.open('rb')", False),
        ("open(path, 'a')", True),
        ("open(path, mode='wb')", False),
        ("os.open(path, os.O_RDONLY)", False),
        ("subprocess.run(command, text=True)", True),
        ("subprocess.run(command, encoding='utf-8')", False),
        ("subprocess.run(command, capture_output=True)", False),
        ("tempfile.NamedTemporaryFile('w')", True),
        ("tempfile.TemporaryFile()", False),
        ("gzip.open(file)", False),
        ("gzip.open(file, 'rt')", True),
        ("archive.open(member)", False),
    ],
)
def test_the_rule_itself(source, lacks):
    assert bool(without_encoding(source)) == lacks
