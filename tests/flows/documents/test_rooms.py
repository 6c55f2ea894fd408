"""Rooms and their imports, read from the sources."""

import graphlib
from pathlib import Path

import pytest

from flows.documents.rooms import TWINS, draw_rooms, levels, room_imports


def make(root, files):
    for name, text in files.items():
        path = root / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_imports_between_rooms(tmp_path):
    files = {
        "__init__.py": "from .kitchen import cook\n",
        "kitchen/__init__.py": "",
        "kitchen/stove.py": "from ..cellar.wood import burn\nfrom .pan import fry\nimport house.garden\n",
        "kitchen/pan.py": "from os import path\n",
        "cellar/__init__.py": "",
        "cellar/wood.py": "",
        "garden.py": "from .cellar import wood\n",
    }
    make(tmp_path, files)
    imports = room_imports(tmp_path, "house")
    assert imports == {"kitchen": {"cellar", "garden"}, "cellar": set(), "garden": {"cellar"}}
    assert levels(imports) == (("kitchen",), ("garden",), ("cellar",))


def test_only_direct_imports_are_drawn():
    imports = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
    axes = draw_rooms(imports).axes[0]
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c"]
    boxes, arrows = len(imports), 2
    assert len(axes.patches) == boxes + arrows


def test_a_circle_is_refused():
    with pytest.raises(graphlib.CycleError):
        levels({"a": {"b"}, "b": {"a"}})


def test_twins_are_there():
    """Each is the twin of a component, and is a file."""
    root = Path(__file__).parents[3]
    page = (root / "docs/architecture.md").read_text()
    for block, twin in TWINS.items():
        assert (root / twin).is_file(), twin
        assert f"[`{block}`]" in page or block == "Core", block
