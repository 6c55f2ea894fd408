"""Methods side by side on a small network, from training to the RTL."""

import json

import pytest

from flows.studies.schemes.show import differing, scheme_tables, sentences
from flows.studies.schemes.study import METHODS, STUDY, scheme_config
from hdl.config import CoreConfig, InputError

METHOD = "scale-dropout"


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("schemes")


def test_what_is_there_is_not_made_again(bayescim, quick, directory):
    """Figures of the second call are those of the first, and a method of the first call is told in the second."""
    arguments = ("schemes", quick, "-o", directory, "--inputs", 4)
    answer = bayescim(*arguments, "-m", METHOD, "--json")
    assert answer.code == 0, answer.err
    first = json.loads(answer.out)
    assert first == json.loads((directory / "schemes.json").read_text())
    (found,) = first["schemes"]
    assert (found["method"], found["seeds"], found["accuracy"]["deviation"]) == (METHOD, 1, None)
    assert found["simulation"]["equivalence"]["mismatches"] == 0 < found["simulation"]["equivalence"]["compared"]
    answer = bayescim(*arguments, "-m", "none", "--seeds", 2)
    assert answer.code == 0, answer.err
    second = json.loads((directory / "schemes.json").read_text())
    assert [each["method"] for each in second["schemes"]] == ["none", METHOD]
    assert second["schemes"][1] == found
    assert second["schemes"][0]["seeds"] == 2
    page = (directory / "schemes.md").read_text()
    assert page == f"# Schemes on tiny\n\n{STUDY.markdown(second)}"
    for title, (columns, *rows) in scheme_tables(second).items():
        assert title[1:] in page
        assert all(len(row) == len(columns) for row in rows)


def test_what_differs_is_told():
    equal = {"mismatches": 0, "statistics_mismatches": 0}
    result = {
        "schemes": [
            {"method": "none", "simulation": {"equivalence": equal}},
            {"method": METHOD, "simulation": None},
        ]
    }
    assert (differing(result), sentences(result), STUDY.holds(result)) == ([], [], True)
    result["schemes"][1]["simulation"] = {"equivalence": equal | {"statistics_mismatches": 1}}
    assert (differing(result), sentences(result)) == ([METHOD], [f"RTL and golden differ: {METHOD}"])
    assert not STUDY.holds(result)


def test_methods():
    base = CoreConfig.load("tiny")
    assert METHODS[0] == "none"
    assert scheme_config(base, "none").bayes.passes == 1
    assert scheme_config(base, METHOD).bayes == base.bayes
    with pytest.raises(InputError, match=rf"^method must be one of {', '.join(METHODS)}, not 'guessed'$"):
        scheme_config(base, "guessed")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--seeds", 0), "seeds must be at least 1, not 0"),
        (("-m", "guessed"), f"method must be one of {', '.join(METHODS)}, not 'guessed'"),
    ],
)
def test_bad_arguments(refused, tmp_path, arguments, line):
    assert refused("schemes", "tiny", "-o", tmp_path, *arguments) == line
    assert not (tmp_path / "schemes.json").exists()
