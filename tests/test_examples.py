"""Execution of the examples."""

import subprocess
import sys
from pathlib import Path

import pytest

from hdl.config import CoreConfig
from hdl.core import Core
from hdl.verilog import to_verilog

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_configuration_makes_a_core(path):
    config = CoreConfig.load(path)
    assert f"module {config.name}(" in to_verilog(Core(config), config.name)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_script_runs(path, tmp_path):
    done = subprocess.run([sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not list(tmp_path.iterdir())
