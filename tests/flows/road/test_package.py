"""Packaged core, alone in a directory.

With the tools of its user.
"""

import itertools
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import numpy as np
import pytest

from cocotb_tests.blocks.configurations import program as some_program
from cocotb_tests.runner.simulators import find_simulator
from flows.base.products import Products
from flows.road.generate import generate
from flows.road.package.registers import compile_rdl, template
from golden.data import random_config, random_program
from golden.model import passes_of
from hdl.axi import AxiCore
from hdl.config import CoreConfig
from hdl.config.schemes import schemes
from hdl.contract import Register, commands, register_map
from hdl.verilog import to_verilog

TIMEOUT = 300

#: Of lint of a named configuration: Verilator reads a hundred thousand columns.
LONG_TIMEOUT = 3600


def packaged(tmp_path, program, *, contents=True):
    """Generate the core of a Program, and return its folder, moved to where nothing else is."""
    products = Products.at(program.config, tmp_path / "products")
    file = tmp_path / "program.npz"
    file.write_bytes(program.to_bytes())
    generate(products, program=file if contents else None)
    return Path(shutil.move(products.package, tmp_path / "alone"))


def run(folder, *command, timeout=TIMEOUT):
    """Run a command in the folder, with the Verilator of the package on the path."""
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(folder)}
    environment |= find_simulator("verilator").environment
    if "PATH" in environment:
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    config = CoreConfig.load("tiny")
    return packaged(tmp_path_factory.mktemp("package"), random_program(config, np.random.default_rng(4)))


@pytest.fixture
def copy(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "copy"))


@pytest.mark.parametrize("target", ["test", "program", "wave"])
@pytest.mark.usefixtures("icarus")
def test_testbench(copy, target):
    done = run(copy, "make", target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "PASS"
    # In two generations of the language.
    runs = 2 if target == "test" else 1
    assert done.stdout.count("compared 40 results and 320 logits of 4 inputs\nPASS\n") == runs
    assert (copy / "tiny.vcd").exists() == (target == "wave")


@pytest.mark.parametrize("configuration", ["smallest_prefix", "prefix"])
@pytest.mark.usefixtures("icarus")
def test_testbench_where_passes_have_weights(configuration, tmp_path):
    """The logits of masks that do not occur are not there."""
    contents = some_program(configuration, 1)
    done = run(packaged(tmp_path, contents), "make", "test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "PASS"
    weights = passes_of(contents, 4, passes=contents.config.bayes.passes).weights
    classes = contents.config.network.classes
    logits = int((weights > 0).sum()) * classes
    assert f"compared {4 * classes} results and {logits} logits of 4 inputs" in done.stdout


@pytest.mark.parametrize(
    "configuration",
    ["smallest", "smallest_prefix", "predictive_smallest", "affine_smallest", "drawn_smallest", "one_pixel"],
)
@pytest.mark.usefixtures("icarus")
def test_every_kind_of_core_is_the_same_in_every_generation(configuration, tmp_path):
    """Among them processes that nothing triggers, and parts of variables that are assigned by themselves."""
    generations = ("2005", "2005-sv", "2009", "2012")
    folder = packaged(tmp_path, some_program(configuration, 1))
    done = run(folder, "make", "test", f"GENERATIONS={' '.join(generations)}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines().count("PASS") == len(generations)


@pytest.mark.slow
@pytest.mark.usefixtures("icarus")
def test_a_core_that_differs_in_one_generation_only_is_found(copy):
    source = copy / "tiny.v"
    text = source.read_text()
    # What it was before: the value of a declaration, which is an event in Verilog-2005 and none in SystemVerilog.
    source.write_text(
        text.replace("  reg at_start;\n", "  reg at_start = 0;\n").replace("  initial at_start = 1'h0;\n", "")
    )
    assert source.read_text() != text
    assert run(copy, "make", "test", "GENERATIONS=2005").returncode == 0
    done = run(copy, "make", "test")
    assert done.returncode
    assert done.stdout.splitlines()[-1].startswith("FAIL: ")


@pytest.mark.slow
@pytest.mark.parametrize("file", ["results.hex", "logits.hex", "program.hex", "inputs.hex"])
@pytest.mark.usefixtures("icarus")
def test_testbench_can_fail(copy, file):
    """A wrong bit in what is expected, or in what is sent or written, is found."""
    lines = (copy / file).read_text().splitlines()
    place = next(
        index for index, line in enumerate(lines) if file != "program.hex" or line.startswith(f"{Register.DATA:03x}")
    )
    # Of an input the end of its packet: not every pixel decides something.
    wrong = 1 << 8 if file == "inputs.hex" else 1
    lines[place] = f"{int(lines[place], 16) ^ wrong:0{len(lines[place])}x}"
    (copy / file).write_text("\n".join(lines) + "\n")
    done = run(copy, "make", "program")
    assert done.returncode
    assert done.stdout.splitlines()[-1].startswith("FAIL: ")


def test_testbench_in_verilator(copy):
    done = run(copy, "make", "verilator")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (copy / "test.log").read_text().count("PASS") == 1


def test_lint(copy):
    """Nothing is left but what has its reason beside it; and a fault is found."""
    done = run(copy, "make", "lint")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "%Warning" not in done.stdout + done.stderr
    waivers = (copy / "lint.vlt").read_text().splitlines()
    for previous, line in itertools.pairwise(waivers):
        assert not line.startswith("lint_off") or previous.startswith(("//", "lint_off")), line
    source = copy / "tiny.v"
    source.write_text(source.read_text().replace("assign clk = aclk;", "assign clk = bclk;", 1))
    assert run(copy, "make", "lint").returncode


#: Named configurations.
NAMED = CoreConfig.names()

#: Images of 4 × 4 positions without a border: every row that there is completes a window.
SQUARE = {"image": (4, 4, 1), "inputs": 16, "convolutions": [{"channels": 2, "kernel": 3}], "hidden": [3]}
#: Windows of a single position, and maps of a single one: nothing is above or beside.
POINTS = {"image": (1, 1, 3), "inputs": 3, "convolutions": [{"channels": 2, "kernel": 1}], "hidden": []}


def lint(config, tmp_path):
    """Return what Verilator says about the empty core, with the waivers of the package."""
    (tmp_path / "lint.vlt").write_text(template("lint.vlt"))
    (tmp_path / "core.v").write_text(to_verilog(AxiCore(config), config.name))
    command = ("verilator", "--lint-only", "-Wall", "--top-module", config.name, "lint.vlt", "core.v")
    return run(tmp_path, *command, timeout=LONG_TIMEOUT)


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow) for name in NAMED])
def test_lint_of_named_configurations(name, tmp_path):
    done = lint(CoreConfig.load(name), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("network", [SQUARE, POINTS], ids=["square", "points"])
def test_lint_at_the_edges_of_ranges(network, tmp_path):
    config = random_config(np.random.default_rng(5), convolutions=True, network=network, bayes={"method": "none"})
    done = lint(config, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.slow if seed > 3 else ()) for seed in range(1, 101)]
)
def test_lint_of_random_configurations(seed, tmp_path):
    """Of every method, two of three with convolutions."""
    methods = list(schemes())
    config = random_config(
        np.random.default_rng([seed, 77]), convolutions=seed % 3 > 0, bayes={"method": methods[seed % len(methods)]}
    )
    done = lint(config, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def with_verilator(copy, version):
    """Put a program called `verilator` of some version on the path, which notes its arguments; return its folder."""
    place = copy / "own tools"
    place.mkdir()
    own = place / "verilator"
    own.write_text(f'#!/bin/sh\necho "Verilator {version} 2020-01-01 rev v{version}"; echo "$@" >> "{copy}/called"\n')
    own.chmod(0o755)
    return place


@pytest.mark.parametrize(("own", "taken"), [(None, False), ("4.038", False), ("5.006", False), ("5.040", True)])
def test_lint_with_the_verilator_of_the_package(copy, own, taken):
    """Where there is none on the path, or too old a one; a newer one is preferred."""
    path = [str(Path(sys.executable).parent), "/usr/bin", "/bin"]
    if own is not None:
        path.insert(0, str(with_verilator(copy, own)))
    for command in (["make", "lint"], ["make", "lint", "VERILATOR=false"]):
        done = subprocess.run(
            command,
            cwd=copy,
            env={"PATH": ":".join(path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
        assert (done.returncode == 0) == (len(command) == 2), done.stdout + done.stderr
    calls = (copy / "called").read_text() if own is not None else ""
    assert ("--lint-only" in calls) == taken


@pytest.mark.parametrize(
    "configuration", ["smallest", "padded", "random", "deterministic", "smallest_prefix", "prefix"]
)
def test_lint_of_every_geometry(configuration, tmp_path):
    done = lint(some_program(configuration, 1).config, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("target", ["sim", "lint"])
@pytest.mark.usefixtures("icarus")
def test_fusesoc(copy, target):
    done = run(copy, "fusesoc", "--cores-root", ".", "run", f"--target={target}", "bayescim:cores:tiny")
    assert done.returncode == 0, done.stdout + done.stderr
    assert target == "lint" or "PASS" in (done.stdout + done.stderr).splitlines()


def test_registers_for_other_tools(copy):
    """Every description has the registers at the addresses that the hardware has."""
    config = CoreConfig.load("tiny")
    expected = {entry.name: entry.address for entry in register_map(config)}
    root = compile_rdl((copy / "tiny.rdl").read_text())
    found = {node.inst_name: node for node in root.top.registers()}
    assert {name: node.address_offset for name, node in found.items()} == expected
    for entry in register_map(config):
        fields = {field.inst_name: (field.low, field.width) for field in found[entry.name].fields()}
        described = {field.name: (field.lowest, field.width) for field in entry.fields}
        assert fields == described or (not described and list(fields) == ["unused"])

    tree = xml.etree.ElementTree.parse(copy / "tiny.xml")  # noqa: S314, we wrote it
    names = [element.text for element in tree.iter() if element.tag.endswith("}name")]
    assert expected.keys() <= set(names)

    done = run(
        copy,
        sys.executable,
        "-c",
        "import tiny_registers as t; print({k: v for k, v in vars(t).items() if k.isupper()})",
    )
    constants = eval(done.stdout, {})  # noqa: S307, what was printed one line above
    assert {name: constants[name] for name in expected} == expected
    own = {command.name: command for command in commands(config)}
    assert {name: constants[f"COMMAND_{name}"] for name in own} == own
    assert "COMMAND_CALIBRATE" not in constants, "there are no macros"
    assert constants["PASSES_PASSES_MASK"] == 2**config.passes_width - 1

    table = (copy / "registers.md").read_text()
    for name, address in expected.items():
        assert re.search(rf"^\| `0x{address:02X}` \| \[`{name}`\]", table, re.MULTILINE)


@pytest.mark.parametrize("name", ["reg", "field", "small", "wire", "delete"])
@pytest.mark.usefixtures("icarus")
def test_a_core_called_like_a_keyword(name, tmp_path):
    """Of SystemRDL, Verilog, SystemVerilog or C++: every file still says the same."""
    config = CoreConfig.from_document(CoreConfig.load("tiny").model_dump() | {"name": name})
    folder = packaged(tmp_path, random_program(config, np.random.default_rng(4)))
    done = run(folder, "make", "program")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "PASS"
    for command in (("make", "lint"), ("gcc", "-std=c11", "-Wall", "-Werror", "-fsyntax-only", f"{name}_registers.h")):
        done = run(folder, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    root = compile_rdl((folder / f"{name}.rdl").read_text())
    assert root.top.inst_name == name
    assert [node.inst_name for node in root.top.registers()] == [entry.name for entry in register_map(config)]


@pytest.mark.usefixtures("icarus")
def test_a_core_called_like_a_keyword_in_other_tools(tmp_path):
    config = CoreConfig.from_document(CoreConfig.load("tiny").model_dump() | {"name": "wire"})
    folder = packaged(tmp_path, random_program(config, np.random.default_rng(4)))
    fusesoc = ("fusesoc", "--cores-root", ".", "run", "--target=sim", "bayescim:cores:wire")
    for command in (("make", "verilator"), fusesoc):
        done = run(folder, *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_core_without_contents(tmp_path):
    program = some_program("smallest", 0)
    folder = packaged(tmp_path, program, contents=False)
    assert not [*folder.glob("*.hex"), *folder.glob("*_tb.v")]
    assert "sim:" not in (folder / "smallest.core").read_text()
    assert run(folder, "make", "lint").returncode == 0
