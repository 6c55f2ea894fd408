"""Order of imports, and documented public names."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Methods that a library calls and a reader of ours does not.
PROTOCOL = {"elaborate"}

PACKAGES = ("hdl", "golden", "driver", "cocotb_tests", "flows")

#: Own packages that each package may import.
ALLOWED = {
    "hdl": ("hdl",),
    "golden": ("golden", "hdl.config", "hdl.contract"),
    "driver": ("driver", "hdl.config", "hdl.contract"),
    "cocotb_tests": ("cocotb_tests", "driver", "golden", "hdl"),
    "flows": ("flows", "cocotb_tests", "driver", "golden", "hdl"),
}

#: Packages that neither hardware nor a driver on a small board needs.
FORBIDDEN = {
    "hdl": ("torch", "cocotb", "sklearn", "matplotlib"),
    "driver": ("torch", "amaranth", "cocotb", "sklearn", "matplotlib"),
}

SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_there_are_sources():
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(PACKAGES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_direction(path):
    package = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        ours = name.partition(".")[0] in (*PACKAGES, "tests")
        assert not ours or within(name, ALLOWED[package]), f"{package} must not import {name}"
        assert not within(name, FORBIDDEN.get(package, ())), f"{package} must not import {name}"


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


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_reads_no_environment_at_import(path):
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        text = ast.unparse(statement)
        assert "os.environ" not in text, f"{path}: {text}"
        assert "getenv" not in text, f"{path}: {text}"


def modules():
    for package in PACKAGES:
        root = importlib.import_module(package)
        yield package
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            # A testbench runs inside a simulator only, and __main__ runs the program.
            name = info.name.rpartition(".")[2]
            if not name.startswith(("tb_", "test_", "conftest", "__main__")):
                yield info.name


MODULES = list(modules())


@pytest.mark.parametrize("name", MODULES)
def test_public_names(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for public in getattr(module, "__all__", ()):
        value = getattr(module, public)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), f"{name}.{public} has no docstring"
            members = vars(value).items() if inspect.isclass(value) else ()
            for member, found in members:
                documented = isinstance(found, property) or inspect.isfunction(found)
                public_member = not member.startswith("_") and member not in PROTOCOL
                if documented and public_member and value.__module__.partition(".")[0] in PACKAGES:
                    assert inspect.getdoc(getattr(value, member)), f"{name}.{public}.{member} has no docstring"


def imported(path):
    """Yield the absolute name of every module that a file imports."""
    relative = path.relative_to(ROOT).with_suffix("")
    package = relative.parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            whole = ".".join(part for part in (base, node.module or "") if part)
            # `from hdl import core` imports hdl.core.
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def within(name, parts):
    return any(name == part or name.startswith(f"{part}.") for part in parts)
