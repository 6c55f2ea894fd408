"""A study is one folder: its command, its files and its document come from there."""

import json
import shutil
import sys
from pathlib import Path

import pytest

import flows.studies
from flows.base.sections import replace_section
from flows.documents import find_pages
from flows.documents.rooms import PACKAGES
from flows.studies.page import RESULTS
from flows.studies.registry import find_studies
from flows.studies.study import Study
from hdl.config import PLUGINS

ROOT = Path(__file__).parents[3]

_COMMAND = '''
from pathlib import Path
from typing import Annotated

import typer


def {name}(output: Path, number: Annotated[int, typer.Option("--number")] = 3) -> None:
    """Count."""
    from .study import STUDY

    STUDY.present(STUDY.conduct(output, number), as_json=False)


COMMAND = {name}
'''

_STUDY = """
from pathlib import Path

from matplotlib.figure import Figure

from flows.base import markdown
from flows.base.console import table
from flows.base.record import Record
from flows.studies.result_kind import ResultKind
from flows.studies.study import Study
from hdl.config.extensions import PLUGINS


class Counting(Record):
    counted: int


def run(number):
    return {{"counted": number}}


def rows(result):
    return [[str(each)] for each in range(result["counted"])]


def to_markdown(result, picture):
    return markdown.table(["number"], rows(result)) + f"![Numbers]({{picture}})\\n"


STUDY = Study(
    name="{name}",
    record=Counting,
    run=run,
    title=lambda _: "Numbers",
    markdown=to_markdown,
    tables=lambda result: [table("Numbers", ["number"], rows(result))],
    sentences=lambda result: [f"There are {{result['counted']}}."],
    pictures=lambda result: {{"numbers": Figure}},
    holds=lambda result: result["counted"] > 1,
    sections=lambda results: {{"numbers": "\\n".join(to_markdown(result, *pictures) for result, pictures in results)}},
    document=Path("docs/numbers.md"),
    kind=ResultKind(command="{name}", record=Counting, member="counted", directory="numbers", stem=lambda _: "all"),
)
"""


@pytest.fixture(autouse=True)
def no_plugins(monkeypatch):
    """Remove the additions of a test after it."""
    monkeypatch.setenv(PLUGINS, "")
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path / "apart", "counting")


def project(path, name, package="counting_study"):
    """Write a folder with a study as its extension."""
    written(path / package, name)
    points = f'[project.entry-points."bayescim.studies"]\n{name} = "{package}"\n'
    (path / "pyproject.toml").write_text(f'[project]\nname = "apart"\n{points}')
    return path


def written(path, name):
    """Write a study into a package."""
    path.mkdir(parents=True)
    (path / "__init__.py").write_text('"""A study of one\'s own."""\n')
    (path / "command.py").write_text(_COMMAND.format(name=name))
    (path / "study.py").write_text(_STUDY.format(name=name))
    return path


@pytest.mark.parametrize("listing", find_studies(), ids=lambda listing: listing.name)
def test_every_folder_is_a_study(listing):
    study = listing.study
    assert isinstance(study, Study)
    assert callable(listing.command)
    assert listing.command.__doc__
    assert (study.document is None) == (study.kind is None)


def test_every_folder_is_found():
    (room,) = flows.studies.__path__
    folders = {path.parent.name for path in Path(room).glob("*/__init__.py")}
    assert {listing.name for listing in find_studies()} >= folders


def test_names_are_of_one_study():
    """Names of files and members of results would otherwise be taken for those of another one."""
    studies = [listing.study for listing in find_studies()]
    assert len({study.name for study in studies}) == len(studies)
    members = [study.kind.member for study in studies if study.kind is not None]
    assert len(set(members)) == len(members)


def test_a_folder_is_given_on_the_command_line(bayescim, folder, tmp_path):
    output = tmp_path / "output"
    answer = bayescim("--plugin", folder, "counting", output, "--number", 2)
    assert (answer.code, answer.err) == (0, "")
    assert "There are 2." in answer.out
    assert json.loads((output / "counting.json").read_text()) == {"counted": 2}
    page = (output / "counting.md").read_text()
    assert page == "# Numbers\n\n| number |\n|---|\n| 0 |\n| 1 |\n![Numbers](numbers.svg)\n"
    assert "There are 2." in (output / "counting.html").read_text()
    assert (output / "numbers.svg").read_bytes().startswith(b"<?xml")
    assert (output / "numbers.png").read_bytes().startswith(b"\x89PNG")
    assert bayescim(f"--plugin={folder}", "counting", output, "--number", 1).code == 1
    assert "counting" in bayescim("--plugin", folder, "--help").out


def test_an_installed_package_has_a_study(bayescim, tmp_path, monkeypatch):
    written(tmp_path / "site" / "installed_study", "installed")
    information = tmp_path / "site" / "installed_study-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: installed-study\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[bayescim.studies]\ninstalled = installed_study\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert [each.name for each in find_studies()][-1] == "installed"
    answer = bayescim("installed", tmp_path / "output")
    assert (answer.code, answer.err) == (0, "")
    assert "There are 3." in answer.out


def test_its_result_goes_into_its_document(bayescim, folder, tmp_path, monkeypatch):
    """Through the command that writes all documents, here those of no study and its own."""
    output, root = tmp_path / "output", tmp_path / "checkout"
    assert bayescim("--plugin", folder, "counting", output).code == 0
    own = next(each for each in find_studies() if each.name == "counting")
    monkeypatch.setattr("flows.documents.pages.find_studies", lambda: (own,))
    for kept in (RESULTS, "docs/vectors"):
        shutil.copytree(ROOT / kept, root / kept)
    shutil.copytree(ROOT / "examples/trained", root / "examples/trained")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for page in find_pages():
        if (ROOT / page.path).exists():
            (root / page.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / page.path, root / page.path)
    document = "<!-- numbers: by a command -->\n<!-- end of numbers -->\n"
    (root / "docs/numbers.md").write_text(document)
    answer = bayescim("--plugin", folder, "document", output / "counting.json", "--root", root)
    assert answer.code == 0, answer.err
    assert json.loads((root / RESULTS / "numbers/all.json").read_text()) == {"counted": 3}
    shown = "| number |\n|---|\n| 0 |\n| 1 |\n| 2 |\n![Numbers](pictures/numbers.svg)\n"
    assert (root / "docs/numbers.md").read_text() == replace_section(document, "numbers", shown)
    assert (root / "docs/pictures/numbers.svg").read_bytes().startswith(b"<?xml")
    assert (root / "README.md").read_text() == (ROOT / "README.md").read_text()


@pytest.mark.parametrize("missing", ["command", "study"])
def test_a_package_that_is_no_study(refused, folder, tmp_path, missing):
    (folder / f"counting_study/{missing}.py").unlink()
    line = refused("--plugin", folder, "counting", tmp_path / "output")
    beginning = f"bayescim.studies.counting must be a package whose module {missing} has {missing.upper()}, not "
    assert line.startswith(f"{beginning}'counting_study': ")


def test_names_that_are_taken(refused, tmp_path):
    line = refused("--plugin", project(tmp_path / "one", "chips"), "--help")
    assert line == "study must have a name of its own, not 'chips' of flows.studies.chips"


def test_commands_that_are_taken(refused, tmp_path):
    line = refused("--plugin", project(tmp_path / "two", "train", "training_study"), "--help")
    assert line == "command must have a name of its own, not 'train'"
