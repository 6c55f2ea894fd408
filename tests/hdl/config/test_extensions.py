"""Schemes and devices that live outside of this repository."""

import os
import re
import sys

import numpy as np
import pytest

from flows.cli import run
from golden.data import random_config, random_program
from golden.devices import devices
from golden.training import Network
from golden.training.schemes import scheme_of
from hdl.config import PLUGINS, CoreConfig, InputError, add_plugin, extensions, projects, with_extensions
from hdl.config.schemes import schemes
from hdl.contract import Program

PROJECT = """
[project.entry-points."bayescim.schemes"]
coin-flip = "coin_flip:CoinFlipConfig"
[project.entry-points."bayescim.golden_schemes"]
coin-flip = "coin_flip_training:SCHEME"
[project.entry-points."bayescim.devices"]
perfect = "coin_flip_training:DEVICE"
"""

SCHEME = """
from __future__ import annotations

from typing import ClassVar, Literal

from hdl.config.schemes import BayesConfig, Scheme


class CoinFlip(Scheme["CoinFlipConfig"]):
    def code_probabilities(self, bayes, hidden):
        return (bayes.bias,) * hidden

    def mask_bits(self, bayes, index, hidden):
        return int(index < hidden)

    def choices(self, bayes, index):
        return 2


class CoinFlipConfig(BayesConfig):
    scheme: ClassVar[CoinFlip] = CoinFlip()
    method: Literal["coin-flip"] = "coin-flip"
    bias: Literal[0.25, 0.5] = 0.5
"""

TRAINING = """
from golden.devices.ideal import Ideal
from golden.training.schemes.scale_dropout import SCHEME

DEVICE = Ideal()
"""

OWN = """
name = "own"
network = { inputs = 64, hidden = [4], classes = 10 }
array = { rows = 4, cols = 4, rows_per_read = 2 }
bayes = { method = "coin-flip" }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a scheme and a device, which is forgotten afterwards."""
    monkeypatch.setenv(PLUGINS, "")
    monkeypatch.setattr(sys, "path", [*sys.path])
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "coin_flip.py").write_text(SCHEME)
    (project / "coin_flip_training.py").write_text(TRAINING)
    yield project
    monkeypatch.undo()
    for name in ("coin_flip", "coin_flip_training", "own"):
        sys.modules.pop(name, None)
    CoreConfig.model_rebuild(force=True)


def document(**bayes):
    return CoreConfig.load("tiny").model_dump() | {"bayes": {"method": "coin-flip"} | bayes}


def test_a_scheme_from_a_folder(folder, tmp_path):
    with pytest.raises(InputError, match=r"bayes\.method must be one of affine-dropout, .*, not 'coin-flip'$"):
        CoreConfig.from_document(document())
    CoreConfig.add_plugin(folder)
    assert "coin-flip" in schemes()
    config = CoreConfig.from_document(document(bias=0.25))
    assert config.stochastic.realised_p == (0.25, 0.25)
    with pytest.raises(InputError, match=r"bayes\.p is not a field of method 'coin-flip', whose fields are bias, max_"):
        CoreConfig.from_document(document(p=[0.5, 0.5]))
    assert "CoinFlipConfig" in CoreConfig.model_json_schema()["$defs"]
    # From the neurons in training to a Program that says which scheme it is for.
    assert scheme_of(config) is scheme_of(CoreConfig.load("tiny"))
    assert Network(config).config is config
    rng = np.random.default_rng(0)
    program = random_program(random_config(rng, bayes={"method": "coin-flip"}), rng)
    (tmp_path / "program.npz").write_bytes(program.to_bytes())
    assert Program.load(tmp_path / "program.npz").config == program.config


def test_a_device_from_a_folder(folder):
    assert "perfect" not in devices()
    add_plugin(folder)
    assert devices().keys() - {"perfect"} == {"ideal", "mtj", "pcm", "rram", "sram"}
    assert os.environ[PLUGINS] == str(folder)
    add_plugin(folder)
    assert os.environ[PLUGINS] == str(folder)


def test_products_name_the_projects(folder):
    assert projects() == {}
    add_plugin(folder)
    assert projects() == {"project": "unknown"}


def test_an_installed_project_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(PLUGINS, "")
    information = tmp_path / "site" / "apart-1.5.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: apart\nVersion: 1.5\n")
    (information / "entry_points.txt").write_text('[bayescim.devices]\nother = "own:DEVICE"\n')
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert projects() == {"apart": "1.5"}


def test_a_folder_on_the_command_line(folder, tmp_path, capsys):
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    arguments = ["map", str(path), "--output", str(tmp_path / "build")]
    assert run(arguments) == 2
    assert "not 'coin-flip'" in capsys.readouterr().err
    assert run(["--plugin", str(folder), *arguments]) == 0


def test_a_scheme_that_nothing_trains(folder):
    (folder / "pyproject.toml").write_text(PROJECT.partition('[project.entry-points."bayescim.golden')[0])
    CoreConfig.add_plugin(folder)
    with pytest.raises(InputError, match=r"^bayes\.method must be one that bayescim\.golden_schemes has to be trained"):
        scheme_of(CoreConfig.from_document(document()))


@pytest.mark.parametrize("project", [None, "", "[project]", "[project]\nentry-points = 3", "name ="])
def test_what_is_no_folder_of_extensions(tmp_path, project):
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    line = f"plugin must be a folder with entry points in its pyproject.toml, not {str(tmp_path)!r}"
    with pytest.raises(InputError, match=f"^{re.escape(line)}$"):
        add_plugin(tmp_path)


@pytest.mark.parametrize(
    ("point", "line"),
    [
        (
            'coin-flip = "nowhere:SECTION"',
            r"bayescim\.schemes\.coin-flip must be what can be imported, not 'nowhere:SEC",
        ),
        ('coin-flip = "coin_flip:Nothing"', r"bayescim\.schemes\.coin-flip must be what can be imported, not 'coin_fl"),
        ('other = "coin_flip:CoinFlipConfig"', r"bayescim\.schemes\.other must be a section with the method 'other'"),
        (
            'other = "coin_flip:CoinFlip"',
            r"bayescim\.schemes\.other must be a section with the method 'other' and a sc",
        ),
        ('none = "coin_flip:CoinFlipConfig"', r"bayescim\.schemes\.none must have a name that is free, not one of aff"),
    ],
)
def test_extensions_that_cannot_be_used(folder, point, line):
    (folder / "pyproject.toml").write_text(f'[project.entry-points."bayescim.schemes"]\n{point}\n')
    add_plugin(folder)
    with pytest.raises(InputError, match=f"^{line}"):
        schemes()


@pytest.mark.parametrize(
    ("group", "point", "module", "line"),
    [
        ("schemes", "own:X", "X = (", "must be what can be imported, not 'own:X': SyntaxError: "),
        (
            "schemes",
            "own:X",
            "raise RuntimeError('no\\nway')",
            "must be what can be imported, not 'own:X': RuntimeError: no",
        ),
        (
            "schemes",
            "own:X",
            SCHEME.replace("scheme: ClassVar", "other: ClassVar") + "X = CoinFlipConfig",
            "must be a sec",
        ),
        ("golden_schemes", "own:X", "X = 3", "must be a scheme of golden.training.schemes, not 3"),
        ("golden_schemes", "own:X", "X = 1 / 0", "must be what can be imported, not 'own:X': ZeroDivisionError: div"),
        ("devices", "own:X", "X = 3", "must be a device model, not 3"),
        ("devices", "own:X", "from golden.devices import Ideal as X", "must be a device model, not <class 'golden.dev"),
        ("studies", "own", "X = 1 / 0", "must be a package whose module command has COMMAND, not 'own': ZeroDivision"),
    ],
)
def test_what_is_wrong_with_an_extension_is_one_line(folder, tmp_path, capsys, group, point, module, line):
    """Exceptions of its module, and objects of another type."""
    (folder / "own.py").write_text(module)
    project = f'[project.entry-points."bayescim.{group}"]\ncoin-flip = "{point}"\n'
    if group == "golden_schemes":
        project += '[project.entry-points."bayescim.schemes"]\ncoin-flip = "coin_flip:CoinFlipConfig"\n'
    (folder / "pyproject.toml").write_text(project)
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    command = ["devices", "coin-flip"] if group == "devices" else ["train", str(path)]
    assert run(["--plugin", str(folder), *command, "--output", str(tmp_path / "build")]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"bayescim: bayescim.{group}.coin-flip {line}")
    assert len(told.splitlines()) == 1
    assert not [path for path in tmp_path.glob("build/*") if path.stat().st_size]


def test_two_extensions_of_one_name(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text('[project.entry-points.own]\nname = "os:path"\n')
    (folder / "pyproject.toml").write_text('[project.entry-points.own]\nname = "os:sep"\n')
    add_plugin(other)
    assert extensions("own") == {"name": os.path}
    assert with_extensions({"here": 1}, "own") == {"here": 1, "name": os.path}
    add_plugin(folder)
    with pytest.raises(InputError, match=r"^own must have one extension 'name', not two$"):
        extensions("own")
