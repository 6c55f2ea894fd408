"""The page about extending: its files in a folder elsewhere, its commands in their order."""

import dataclasses
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from cocotb_tests.runner.simulators import find_simulator
from flows.studies.devices.show import passed
from golden.draws import pass_draws
from golden.model import core_model
from golden.training import Network, lower
from hdl.config import PLUGINS, CoreConfig, InputError
from hdl.contract import Program

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/extending.md"
EXAMPLE = ROOT / "examples/extending"

#: A block of code, and the file that the line before it names.
BLOCK = re.compile(
    r"(?:^`extending/([\w/.]+)`(?: begins| continues)?:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
COMMAND = "bayescim --plugin extending "

#: Project of the folder, as products name it.
PROJECT = {"bayescim-extending": "0.1"}


@dataclasses.dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


def bayescim(place, *arguments):
    """Run a command in another process, in the folder ``place``."""
    environment = {name: value for name, value in os.environ.items() if name != PLUGINS}
    done = subprocess.run(
        [sys.executable, "-m", "flows", *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def blocks():
    """Yield file, language and code of each block of the page."""
    yield from BLOCK.findall(PAGE.read_text())


def commands():
    return [line for name, language, code in blocks() if language == "sh" and not name for line in code.splitlines()]


def follow(place):
    """Do what the page says, from top to bottom, in the folder ``place``."""
    answers = {}
    for name, language, code in blocks():
        if name:
            path = place / "extending" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                # Tables of TOML are told apart by an empty line.
                code = f"{path.read_text()}\n{code}"
            path.write_text(code)
        elif language == "sh":
            for line in code.splitlines():
                answers[line] = dataclasses.asdict(bayescim(place, *shlex.split(line)[1:]))
    (place / "answers.json").write_text(json.dumps(answers))


@pytest.fixture
def followed(once):
    """The folder in which everything was done. Not to be written."""
    return once("extending", follow)


@pytest.fixture
def here(followed, monkeypatch):
    """The same folder, whose extensions are known to this process until the test ends."""
    monkeypatch.setenv(PLUGINS, "")
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    CoreConfig.add_plugin(followed / "extending")
    yield followed
    monkeypatch.undo()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(followed)):
            del sys.modules[name]
    CoreConfig.model_rebuild(force=True)


def result(place, name):
    return json.loads((place / "build" / name).read_text())


def test_the_page_has_the_files_of_the_example(followed):
    def files(folder):
        return {
            str(path.relative_to(folder)): path.read_text()
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    assert files(followed / "extending") == files(EXAMPLE)


def test_a_scheme_a_device_and_a_study_in_this_order():
    names = [name for name, _, _ in blocks() if name]
    modules = ["group_dropout.py", "group_dropout_training.py", "fading.py", "masks_study/study.py"]
    assert [name for name in names if name in modules] == modules
    groups = [
        re.findall(r'entry-points\."bayescim\.(\w+)"', code) for name, _, code in blocks() if name == "pyproject.toml"
    ]
    assert groups == [[], ["schemes", "golden_schemes"], ["devices"], ["studies"]]


def test_every_command_succeeds(followed):
    answers = json.loads((followed / "answers.json").read_text())
    assert list(answers) == commands()
    assert all(line.startswith(COMMAND) for line in answers)
    done = [line.split()[3] for line in answers]
    road = ["lower", "generate", "simulate"]
    assert done == ["map", "train", *road, "devices", *road, "masks"]
    assert [line for line, answer in answers.items() if answer["code"] != 0] == [], answers


def test_the_core_of_the_scheme_is_golden_bit_for_bit(followed):
    simulated = result(followed, "grouped/simulate.json")
    assert simulated["inputs"] == 360
    assert simulated["equivalence"] == {
        "compared": 360 * 8 * 10,
        "mismatches": 0,
        "compared_statistics": 360 * 4 * 10,
        "statistics_mismatches": 0,
    }
    # Chance is a tenth.
    assert simulated["correct"] > 360 / 2
    logits = np.load(followed / "build/grouped/simulate.npz")
    assert np.array_equal(logits["logits"], logits["golden_logits"])
    # Passes differ, and the network of autograd gives the same logits but for their rounding.
    assert logits["logits"].std(axis=1).mean() > 1
    steps = 2**3 * logits["float_logits"] - logits["logits"]
    assert (np.abs(steps) <= 1).mean() > 0.99


def test_products_name_the_project(followed):
    for name in ("grouped/grouped.json", "grouped/simulate.json", "grouped/training.json", "devices/devices.json"):
        assert result(followed, name)["provenance"]["versions"].items() >= PROJECT.items()
    assert result(followed, "grouped/grouped.json")["program"]["provenance"].items() >= PROJECT.items()


def test_a_dropped_group_is_silent(here):
    program = Program.load(here / "build/grouped/grouped.npz")
    assert program.config.bayes.groups == 2
    for layer, neurons in zip(program.config.hidden_layers, program.neurons, strict=True):
        silent = np.where(neurons["flips"] == 0, layer.threshold_max, 0)
        half = layer.outputs // 2
        thresholds = neurons["thresholds"]
        assert np.array_equal(thresholds[:, 0], silent)
        assert np.array_equal(thresholds[half:, 1], silent[half:])
        assert np.array_equal(thresholds[:half, 2], silent[:half])
        assert np.array_equal(thresholds[:half, 1], thresholds[:half, 3])
        assert np.array_equal(thresholds[half:, 2], thresholds[half:, 3])
        assert (thresholds[:, 3] != silent).any()


@pytest.mark.parametrize(
    "network",
    [
        {"inputs": 16, "input_bits": 2, "hidden": [10, 7], "classes": 4},
        {
            "image": [4, 4, 1],
            "inputs": 16,
            "input_bits": 2,
            "convolutions": [{"channels": 6, "pool": 2}],
            "hidden": [7],
            "classes": 4,
        },
    ],
    ids=["dense", "convolution"],
)
@pytest.mark.parametrize("groups", [2, 3])
def test_lowering_keeps_what_autograd_computes(here, network, groups):
    """With polarities of both signs, which training hardly makes, and groups of unequal size."""
    document = CoreConfig.load(here / "extending/grouped.toml").model_dump()
    document["network"] = network
    document["ports"] |= {"pixels_per_beat": 1}
    document["bayes"] |= {"groups": groups, "p": [0.3, 0.3]}
    config = CoreConfig.from_document(document)
    trained = Network(config, seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for hidden in trained.hidden:
            for parameter in (hidden.neurons.norm.weight, hidden.neurons.norm.bias):
                parameter.copy_(torch.randn(parameter.shape, generator=generator))
    program = lower(trained)
    assert all(len(set(neurons["flips"].tolist())) == 2 for neurons in program.neurons)
    pixels = torch.randint(4, (50, 16), generator=generator, dtype=torch.uint8)
    exact = core_model(program).logits(pixels, passes=8)
    real = trained.sample(pixels, pass_draws(program, 50, passes=8), passes=8)
    rounded = (2**config.logits.fraction * real).clamp(config.logits.lowest, -config.logits.lowest - 1)
    assert ((rounded - exact).abs() <= 1).double().mean() > 0.99
    assert exact.double().std(dim=1).mean() > 0.5


def test_the_section_refuses_too_many_groups(here):
    document = CoreConfig.load(here / "extending/grouped.toml").model_dump()
    document["network"] |= {"hidden": [16, 2]}
    document["bayes"] |= {"groups": 3}
    line = r"bayes\.groups must be at most 2, the channels of the narrowest hidden layer, not 3$"
    with pytest.raises(InputError, match=line):
        CoreConfig.from_document(document)


def test_the_device_holds_its_formulas_and_is_the_arrays_of_a_core(followed):
    examined = result(followed, "devices/devices.json")
    assert [each["name"] for each in examined["devices"]] == ["fading"]
    rows = examined["devices"][0]["moments"]
    assert examined["comparisons"] == len(rows) == 48
    assert passed(examined)
    simulated = result(followed, "faded/simulate.json")
    assert simulated["equivalence"] == {
        "compared": 20 * 4 * 10,
        "mismatches": 0,
        "compared_statistics": 20 * 4 * 10,
        "statistics_mismatches": 0,
    }
    assert np.load(followed / "build/faded/simulate.npz")["logits"].std(axis=1).mean() > 0


def test_the_study_has_a_table_and_a_picture(followed):
    measured = result(followed, "grouped/masks.json")
    assert measured["inputs"] == 200
    assert [len(each["accuracy"]) for each in measured["dropped"]] == [1, 4, 6, 4, 1]
    kept, lost = (measured["dropped"][place]["accuracy"][0] for place in (0, -1))
    assert kept > 0.5 > lost
    page = (followed / "build/grouped/masks.md").read_text()
    assert page.startswith("# Masks of grouped\n\n| dropped bits | masks | mean accuracy | least | largest |\n")
    assert f"\n| 0 | 1 | {kept:.1%} | {kept:.1%} | {kept:.1%} |\n" in page
    assert "(masks.svg)" in page
    assert (followed / "build/grouped/masks.svg").read_bytes().startswith(b"<?xml")
    assert (followed / "build/grouped/masks.png").read_bytes().startswith(b"\x89PNG")


def test_without_the_folder_it_is_refused(followed):
    answer = bayescim(followed, "simulate", "extending/grouped.toml", "-o", "build/grouped")
    assert (answer.code, answer.out, len(answer.err.splitlines())) == (2, "", 1)
    methods = "affine-dropout, ensemble, none, sampled-weights, scale-dropout, spatial-dropout, spin-dropout, subset-vi"
    line = f"bayes.method must be one of {methods}, not 'group-dropout'"
    assert answer.err == f"bayescim: extending/grouped.toml: {line}\n"
    with pytest.raises(InputError, match=re.escape(line)):
        Program.load(followed / "build/grouped/grouped.npz")


@pytest.mark.slow
def test_the_testbenches_of_all_blocks_pass(followed, tmp_path):
    try:
        find_simulator("icarus")
    except InputError as error:
        pytest.skip(str(error))
    config, program = followed / "extending/grouped.toml", followed / "build/grouped/grouped.npz"
    arguments = ("regress", str(config), "--program", str(program), "-o", str(tmp_path), "--simulator", "icarus")
    answer = bayescim(tmp_path, "--plugin", str(followed / "extending"), *arguments)
    assert answer.code == 0, answer.out + answer.err
    counts = json.loads((tmp_path / "regress.json").read_text())["simulators"]["icarus"]
    assert counts["failed"] == 0
    assert counts["tests"] > 100
