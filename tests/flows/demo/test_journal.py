from pathlib import Path

import pytest

from flows.demo import journal
from flows.demo.journal import Journal, source_digest


@pytest.fixture
def output(tmp_path):
    path = tmp_path / "output"
    path.write_bytes(b"made")
    return path


def test_remembers_a_finished_step(tmp_path, output):
    path = tmp_path / "steps.json"
    Journal(path).finish("step", "key", [output])
    assert Journal(path).done("step", "key", [output])
    assert not Journal(path).done("step", "other key", [output])
    assert not Journal(path).done("other step", "key", [output])


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_notices_what_happened_to_an_output(tmp_path, output, change):
    journal = Journal(tmp_path / "steps.json")
    journal.finish("step", "key", [output])
    if change == "edited":
        output.write_bytes(b"edited")
    else:
        output.unlink()
    assert not journal.done("step", "key", [output])


def test_a_step_that_only_began_is_not_done(tmp_path, output):
    path = tmp_path / "steps.json"
    journal = Journal(path)
    journal.finish("step", "old key", [output])
    journal.begin("step", "key")
    assert Journal(path).begun("step", "key")
    assert not Journal(path).begun("step", "old key")
    assert not Journal(path).done("step", "key", [output])
    assert not Journal(path).done("step", "key", [])


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff"])
def test_a_damaged_record_is_like_none(tmp_path, output, damage):
    path = tmp_path / "steps.json"
    path.write_bytes(damage)
    assert not Journal(path).done("step", "key", [output])


def test_source_digest(tmp_path, monkeypatch):
    package = tmp_path / "a_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "template.j2").write_text("a")
    monkeypatch.syspath_prepend(tmp_path)
    first = source_digest(["a_package"])
    assert first == source_digest(["a_package"])
    (package / "template.j2").write_text("b")
    assert source_digest(["a_package"]) != first
    with pytest.raises(ModuleNotFoundError):
        source_digest(["no_such_package"])


def test_every_kind_of_source_counts():
    """Those of the packages, without what Python leaves."""
    root = Path(journal.__file__).parents[2]
    files = [path for package in ("hdl", "golden", "cocotb_tests", "flows") for path in (root / package).rglob("*.*")]
    kinds = {f"*{path.suffix}" for path in files if path.is_file() and "__pycache__" not in path.parts}
    assert kinds == set(journal._SOURCES)
