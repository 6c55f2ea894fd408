"""Imports go one way, through the faces of rooms, and what a module offers is there and documented."""

import ast
import functools
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Methods that a library calls and a reader of ours does not.
PROTOCOL = {"elaborate"}

PACKAGES = ("hdl", "golden", "driver", "cocotb_tests", "flows", "bayescim")

#: Own packages that each package may import.
ALLOWED = {
    "hdl": ("hdl",),
    "golden": ("golden", "hdl.config", "hdl.contract"),
    "driver": ("driver", "hdl.config", "hdl.contract"),
    "cocotb_tests": ("cocotb_tests", "driver", "golden", "hdl"),
    "flows": ("flows", "cocotb_tests", "driver", "golden", "hdl"),
    "bayescim": ("driver", "golden", "hdl"),
}

#: The rooms of each package from top to bottom: a room imports from lower lines only.
ROOMS = {
    "hdl": (
        ("proofs", "testing"),
        ("axi",),
        ("core",),
        ("inputs", "crossbar", "neurons", "control"),
        ("passes",),
        ("results", "stochastic", "lanes", "rows"),
        ("streams",),
        ("contract", "verilog"),
        ("caches",),
        ("config",),
    ),
    "golden": (
        ("benchmarks",),
        ("chips", "faults", "interchange", "randomness"),
        ("training",),
        ("measures", "data"),
        ("model",),
        ("arrays",),
        ("devices", "draws", "neurons"),
        ("common",),
    ),
    "flows": (
        ("__main__",),
        ("cli",),
        ("application",),
        ("commands",),
        ("documents",),
        ("demo",),
        ("report", "verify"),
        ("studies",),
        ("synthesis", "mapping"),
        ("road",),
        ("engine", "exchange"),
        ("base",),
    ),
    "cocotb_tests": (
        ("test_blocks", "test_core", "test_driver", "test_regress", "conftest"),
        ("mutants",),
        ("cases",),
        ("runner",),
        ("blocks",),
        ("tb",),
        ("benches",),
        ("agents",),
    ),
}

#: Most files side by side, the face included.
MODULES_IN_A_ROOM = 30

#: Packages whose faces re-export what other rooms may use. The faces of the others name modules: each is loaded alone,
#: for the speed of the command line and for that of a simulation's start.
REEXPORTED = ("hdl", "golden")

#: Imports inside functions, each for the speed of a start: directories or files, and what they defer.
DEFERRED = {
    "flows/cli.py": "an interruption while they load is one line as later",
    "flows/commands": "torch, Amaranth and matplotlib are loaded by the command that needs them",
    "flows/studies/*/command.py": "as in flows/commands",
    "golden/data/data.py": "scikit-learn takes a second, and every simulation starts without it",
}

#: Packages that neither hardware nor a driver on a small board needs.
FORBIDDEN = {
    "hdl": ("torch", "cocotb", "sklearn", "matplotlib"),
    "driver": ("torch", "amaranth", "cocotb", "sklearn", "matplotlib"),
}

SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_there_are_sources():
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_direction(package):
    for path in sources(package):
        for name in imported(path):
            ours = name.partition(".")[0] in (*PACKAGES, "tests")
            assert not ours or within(name, ALLOWED[package]), f"{path} must not import {name}"
            assert not within(name, FORBIDDEN.get(package, ())), f"{path} must not import {name}"


@pytest.mark.parametrize("package", ROOMS)
def test_every_room_has_its_place(package):
    placed = [room for line in ROOMS[package] for room in line]
    found = {path.relative_to(ROOT / package).with_suffix("").parts[0] for path in (ROOT / package).rglob("*.py")}
    assert sorted(placed) == sorted(found - {"__init__"})


@pytest.mark.parametrize(
    "directory", sorted({path.parent for path in SOURCES}), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_room_can_be_looked_over(directory):
    assert len([*directory.glob("*.py")]) <= MODULES_IN_A_ROOM


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_downwards(package):
    lines = {each: place for place, line in enumerate(ROOMS.get(package, ())) for each in line}
    for path in sources(package):
        _, room = rooms(path.relative_to(ROOT).with_suffix("").parts)
        for name in imported(path):
            other_package, other = rooms(name.split("."))
            if other_package == package and room in lines and other in lines and other != room:
                assert lines[other] > lines[room], f"{path} must not import {name}: it is in no lower room"


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_are_entered_by_their_face(package):
    for path, name in ((each, name) for each in sources(package) for name in imported(each)):
        here = rooms(path.relative_to(ROOT).with_suffix("").parts)
        there = rooms(name.split("."))
        if there == here or there[0] not in ROOMS or not is_package(".".join(there)):
            continue
        face, _, offered = name.rpartition(".")
        if there[0] not in REEXPORTED and not is_package(name) and not is_package(face):
            # `from flows.base.files import read`: the module is what the face names.
            face, _, offered = face.rpartition(".")
        if is_package(name):
            continue
        assert is_package(face), f"{path} must import {name} from the face of its room"
        names = importlib.import_module(face).__all__
        assert offered in names, f"{path} imports {offered}, which the face {face} must name"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_hides_in_a_function(package):
    for path in sources(package):
        relative = path.relative_to(ROOT)
        if any(relative.is_relative_to(each) or relative.match(each) for each in DEFERRED):
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden = [each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)]
                assert not hidden, f"{relative}:{hidden[0].lineno}: must be at the top, or its reason in DEFERRED"


def test_a_driver_needs_neither_torch_nor_amaranth():
    code = "import sys, driver; print(sorted({'torch', 'amaranth'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("package", "name", "allowed"),
    [
        ("golden", "hdl.core", False),
        ("golden", "hdl.config.core", True),
        ("hdl", "golden", False),
        ("driver", "hdl.streams.layouts", False),
    ],
)
def test_the_rule_itself(package, name, allowed):
    assert within(name, ALLOWED[package]) == allowed


@pytest.mark.parametrize("package", PACKAGES)
def test_reads_no_environment_at_import(package):
    for path, statement in ((each, statement) for each in sources(package) for statement in parsed(each).body):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        text = ast.unparse(statement)
        assert "os.environ" not in text, f"{path}: {text}"
        assert "getenv" not in text, f"{path}: {text}"


def modules(package):
    root = importlib.import_module(package)
    yield package
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        # A testbench runs inside a simulator only, and __main__ runs the program.
        name = info.name.rpartition(".")[2]
        if not name.startswith(("tb_", "test_", "conftest", "__main__")):
            yield info.name


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names(package):
    for name in modules(package):
        public_names_are_documented(name)


def public_names_are_documented(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for public in getattr(module, "__all__", ()):
        value = getattr(module, public, None) or importlib.import_module(f"{name}.{public}")
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), f"{name}.{public} has no docstring"
            members = vars(value).items() if inspect.isclass(value) else ()
            for member, found in members:
                documented = isinstance(found, property) or inspect.isfunction(found)
                public_member = not member.startswith("_") and member not in PROTOCOL
                if documented and public_member and value.__module__.partition(".")[0] in PACKAGES:
                    assert inspect.getdoc(getattr(value, member)), f"{name}.{public}.{member} has no docstring"


def sources(package):
    return [path for path in SOURCES if path.is_relative_to(ROOT / package)]


@functools.cache
def parsed(path):
    return ast.parse(path.read_text())


@functools.cache
def imported(path):
    """Return the absolute names of all modules that a file imports."""
    return tuple(_imported(path))


def _imported(path):
    """Yield the absolute name of every module that a file imports."""
    relative = path.relative_to(ROOT).with_suffix("")
    package = relative.parts[:-1]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            whole = ".".join(part for part in (base, node.module or "") if part)
            # `from hdl import core` imports hdl.core.
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def rooms(parts):
    """Return the package and the room of a module's parts."""
    return parts[0], parts[1] if len(parts) > 1 else ""


@functools.cache
def is_package(name):
    return (ROOT / name.replace(".", "/") / "__init__.py").is_file()


def within(name, parts):
    return any(name == part or name.startswith(f"{part}.") for part in parts)
