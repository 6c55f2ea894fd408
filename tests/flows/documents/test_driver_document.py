"""Execution of the example in docs/driver.md."""

import re
import shutil
from pathlib import Path

import numpy as np

from golden.model import IntegerModel, statistics

DOCUMENT = Path(__file__).parents[3] / "docs" / "driver.md"


def test_the_example_agrees_with_golden(trained, tmp_path, monkeypatch, capsys):
    shutil.copytree(trained.directory, tmp_path / "build" / trained.config.name)
    monkeypatch.chdir(tmp_path)
    [block] = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    names = {}
    exec(compile(block, str(DOCUMENT), "exec"), names)  # noqa: S102, our own document
    inference, program = names["inference"], names["program"]
    expected = IntegerModel(program).logits(names["pixels"], passes=8)
    summary = statistics(expected)
    np.testing.assert_array_equal(inference.logits, expected.numpy(), strict=True)
    np.testing.assert_array_equal(inference.votes, summary.votes.numpy(), strict=True)
    np.testing.assert_array_equal(inference.winner, summary.winner.numpy(), strict=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert re.fullmatch(r"\d+ cycles per input; errors: \[\]", lines[-1])
