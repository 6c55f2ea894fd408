import json
import re
import shutil

import pytest

from flows.base.pictures import to_svg
from flows.cli import run
from flows.studies.chips.show import pictures, rows, sentences, to_markdown, weight_rows
from flows.studies.chips.study import STUDY
from flows.studies.page import RESULTS
from golden.chips import MEASURES
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ..conftest import TINY

CHIPS, PASSES, INPUTS = 3, 4, 80


@pytest.fixture(scope="session")
def drawn(once):
    """A file with the configuration `tiny`, its weights drawn."""
    text = TINY.replace('method = "scale-dropout"', 'method = "sampled-weights"')
    text, count = re.subn(r"^(p = .*|draw_bits = .*)\n", "", text, flags=re.MULTILINE)
    assert count == 2
    text, count = re.subn(r"^learning_rate = .*$", "learning_rate = 0.1", text, flags=re.MULTILINE)
    text, more = re.subn(r"^epochs = .*$", "epochs = 6", text, flags=re.MULTILINE)
    assert (count, more) == (1, 1)
    return once("drawn", lambda place: (place / "tiny.toml").write_text(text)) / "tiny.toml"


@pytest.fixture(scope="session")
def learnt(drawn, once):
    """Directory with the trained network. Not to be written."""

    def make(directory):
        for command in ("train", "lower"):
            assert run([command, str(drawn), "-o", str(directory)]) == 0

    return once("learnt", make)


@pytest.fixture
def directory(learnt, tmp_path):
    """A copy of it."""
    for source in learnt.glob("tiny.*"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    return tmp_path


def arguments(drawn, directory, *more):
    sizes = ("--chips", CHIPS, "--passes", PASSES, "--inputs", INPUTS, "--calibration", 40, "--ages", "3600,86400")
    return ("chips", drawn, "-o", directory, *sizes, "--json", *more)


@pytest.fixture(scope="session")
def studied(learnt, drawn, once):
    """Directory with the figures of its chips. Not to be written."""

    def make(directory):
        shutil.copytree(learnt, directory, dirs_exist_ok=True)
        assert run([str(each) for each in arguments(drawn, directory)]) == 0

    return once("studied", make)


@pytest.fixture(scope="session")
def result(studied):
    return json.loads((studied / "chips.json").read_text())


def test_a_network_of_sampled_weights_is_trained(learnt, drawn):
    """Better than chance, resumable like any other, and Bayesian in more than name."""
    training = json.loads((learnt / "training.json").read_text())
    assert len(training["losses"]) == 6
    assert training["accuracies"][-1] > 0.4 > 2 * training["accuracies"][0]
    program = Program.load(learnt / "tiny.npz", CoreConfig.load(drawn))
    assert all(codes.max() <= 255 for codes in program.weights)
    assert sum(((codes > 12) & (codes < 244)).sum() for codes in program.weights) > 100


def test_figures(result, studied):
    assert result["weights"]["undecided"] > 0.1
    assert len(result["software"]["accuracy"]["chips"]) == CHIPS
    assert result["software"]["accuracy"]["mean"] > 0.3
    assert [(point["seconds"], point["compensation"]) for point in result["aged"]] == [
        (age, kind) for age in (3600, 86400) for kind in ("none", "global", "column")
    ]
    summaries = [*result["fresh"].values(), result["software"]]
    summaries += [point[name] for point in result["aged"] for name in ("uncorrected", "corrected", "recalibrated")]
    for summary in summaries:
        for name in MEASURES:
            chips = summary[name]["chips"]
            assert len(chips) == CHIPS
            assert summary[name]["mean"] == pytest.approx(sum(chips) / CHIPS)
    assert result["flagged"] == []
    assert result["programming"]["pulses_per_cell"] == 1
    assert {path.name for path in studied.glob("chips*")} == {
        "chips.json",
        "chips.md",
        "chips.html",
        "chips_tiny_pcm_spread.svg",
        "chips_tiny_pcm_spread.png",
    }


@pytest.mark.slow
def test_the_same_seed_gives_the_same_figures(bayescim, drawn, directory, result):
    answer = bayescim(*arguments(drawn, directory))
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out) == result


def test_page(result, studied):
    text = (studied / "chips.md").read_text()
    assert to_markdown(result, "chips_tiny_pcm_spread.svg") in text
    table = rows(result)
    assert len(table) == 1 + 2 + 2 * 3 * 3
    for row in table:
        assert f"| {' | '.join(row)} |" in text
    assert "Corrected chips lose" in sentences(result)[0]
    for row in weight_rows(result):
        assert f"| {' | '.join(row)} |" in text
        assert sum(float(share.rstrip("%")) for share in row[2:]) == pytest.approx(100, abs=0.3)
    for stem, draw in pictures(result).items():
        assert (studied / f"{stem}.svg").read_bytes() == to_svg(draw())


@pytest.mark.slow
def test_verified_programming_and_another_device(bayescim, drawn, directory):
    more = ("--tolerance", 0.5, "--max-pulses", 3, "--horizon", 0, "--device", "rram", "--noise-target", 50)
    answer = bayescim(*arguments(drawn, directory, *more))
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert found["deployment"] == "rram"
    assert 1 < found["programming"]["pulses_per_cell"] <= 3
    assert "targets as if cells were exact" in (directory / "chips.md").read_text()


@pytest.mark.slow
def test_constants_that_do_not_fit_are_flagged(bayescim, drawn, directory, tmp_path):
    """The chips stay in the table without correction."""
    text = drawn.read_text()
    for field, value in {"gain_width": 2, "fraction": 7, "epochs": 1}.items():
        text, count = re.subn(rf"^{field} = .*$", f"{field} = {value}", text, flags=re.MULTILINE)
        assert count == 1
    narrow = tmp_path / "narrow.toml"
    narrow.write_text(text)
    assert bayescim("train", narrow, "-o", directory, "--restart").code == 0
    assert bayescim("lower", narrow, "-o", directory).code == 0
    answer = bayescim(*arguments(narrow, directory))
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    flagged = {each["chip"] for each in found["flagged"]}
    assert flagged
    for chip in range(CHIPS):
        assert (found["fresh"]["corrected"]["accuracy"]["chips"][chip] is None) == (chip in flagged)
        assert found["fresh"]["uncorrected"]["accuracy"]["chips"][chip] is not None
    assert "is flagged" in to_markdown(found, "chips.svg")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--chips", "1"), "chips must be at least 2, not 1"),
        (("--inputs", "0"), "inputs must be at least 1, not 0"),
        (("--ages", "20,60"), "ages must be later than the first read (20 s), not 20"),
        (("--ages", "soon"), "ages must be numbers with commas between them, not 'soon'"),
        (("--calibration", "1"), "calibration must be at least 2, not 1"),
        (("--device", "flash"), "device must be one of ideal, mtj, pcm, rram, sram, not 'flash'"),
        (("--device", "sram"), "device must have targets between its levels, not 'sram'"),
        (("--noise-target", "-1"), "noise_target must be between 0 and 1e+06, not -1"),
        (("--tolerance", "-1"), "tolerance must be between 0 and 1e+06, not -1"),
        (("--horizon", "1"), "seconds must be a finite number of at least 20, not 1.0"),
    ],
)
def test_bad_input(refused, drawn, directory, more, line):
    assert refused(*arguments(drawn, directory, *more)) == line
    assert not list(directory.glob("chips*"))


def test_speed_of_fresh_noise(bayescim, drawn, directory):
    answer = bayescim("bench", "noise", drawn, "-o", directory, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert (found["name"], found["passes"], found["images"]) == ("tiny", 1, 360)
    assert found["over_cells"]["median"] > 0


def test_fixed_weights_are_refused(refused, quick, products):
    assert refused("chips", quick, "-o", products.directory) == "method must be 'sampled-weights', not 'scale-dropout'"


def test_a_report_goes_into_the_document(result, tmp_path):
    kind, page = STUDY.kind, STUDY.page
    path = tmp_path / RESULTS / kind.path(result)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(kind.keep(result)))
    (picture,) = page.pictures(tmp_path)
    assert to_markdown(result, f"pictures/{picture}") in page.sections(tmp_path)["chips"]
    with pytest.raises(InputError, match=r"^report must be of a trained network, not of random weights \(tiny\)$"):
        kind.keep(result | {"random_weights": True})
