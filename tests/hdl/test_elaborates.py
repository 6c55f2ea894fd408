"""No `elaborate` is longer than a page, and the top is a list of connections."""

import ast
from pathlib import Path

import pytest

import hdl

PACKAGE = Path(hdl.__path__[0])

#: Lines that an `elaborate` has at the most, and the whole top.
LONGEST, TOP = 60, 250

#: Those that are longer, and why they are one piece.
LONGER = {
    "Measures": "one state machine, whose states are the steps of one computation on the same registers",
    "ReferenceSearch": "one state machine, whose states are the steps of a trial on the same sums",
    "MaskSequencer": "one state machine, whose states walk over the masks in either of two modes",
}


def elaborates():
    """Yield the name of each class with an `elaborate`, and its lines."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and method.name == "elaborate":
                        yield node.name, method.end_lineno - method.lineno + 1


LINES = dict(elaborates())


def test_there_are_elaborates():
    assert LINES.keys() >= {"Core", "Crossbar", "Control", "Neuron", "StreamQueue"}


@pytest.mark.parametrize("name", LINES)
def test_fits_a_page(name):
    if name in LONGER:
        assert LINES[name] > LONGEST, f"{name} is short enough: take it off the list"
    else:
        assert LINES[name] <= LONGEST


def test_the_list_is_of_what_there_is():
    assert LONGER.keys() <= LINES.keys()
    assert all(LONGER.values())


def test_the_top_is_a_list_of_connections():
    """No comparison and no register: what decides stands in a block."""
    path = PACKAGE / "core.py"
    source = path.read_text()
    assert len(source.splitlines()) <= TOP
    core = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    names = {node.id for node in ast.walk(core) if isinstance(node, ast.Name)}
    assert not names & {"Signal", "Mux", "Cat", "fifo", "memory"}
    for node in ast.walk(core):
        assert not (isinstance(node, ast.Attribute) and node.attr in {"sync", "FSM", "Switch", "If"}), ast.unparse(node)
