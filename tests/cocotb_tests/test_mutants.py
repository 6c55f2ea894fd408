import shutil
from pathlib import Path

import pytest

import hdl
from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.mutants.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.block}: {mutant.bug}")
def test_every_bug_fits_the_source_and_has_a_testbench(mutant, tmp_path):
    shutil.copytree(hdl.__path__[0], tmp_path / "hdl")
    before = mutant.file(tmp_path / "hdl").read_text()
    mutant.apply(tmp_path / "hdl")
    assert mutant.file(tmp_path / "hdl").read_text() != before
    assert mutant.block in BLOCKS


def test_a_bug_that_does_not_fit_is_refused(tmp_path):
    (tmp_path / "tee.py").write_text("nothing\n")
    with pytest.raises(ValueError, match=r"^tee\.py must contain 'x = 1' once, not 0 times$"):
        Mutant("tee", "", "x = 1", "x = 2").apply(Path(tmp_path))
