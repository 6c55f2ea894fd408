import importlib
import pkgutil
import shutil
from pathlib import Path

import pytest

import hdl
from cocotb_tests import mutants
from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.mutants.mutant import Mutant
from cocotb_tests.mutants.mutants import MUTANTS
from hdl.config.geometries import geometry


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.block}: {mutant.bug}")
def test_every_bug_fits_the_source_and_has_a_testbench(mutant, tmp_path):
    source, copy = mutant.file(Path(hdl.__path__[0])), mutant.file(tmp_path)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, copy)
    mutant.apply(tmp_path)
    assert copy.read_text() != source.read_text()
    assert BLOCKS[mutant.block].exists(geometry(mutant.configuration))


def test_a_bug_that_does_not_fit_is_refused(tmp_path):
    (tmp_path / "tee.py").write_text("nothing\n")
    with pytest.raises(ValueError, match=r"^tee\.py must contain 'x = 1' once, not 0 times$"):
        Mutant("tee", "", "x = 1", "x = 2", room=".").apply(tmp_path)


def test_every_file_of_bugs_is_used():
    names = [f"{mutants.__name__}.{info.name}" for info in pkgutil.iter_modules(mutants.__path__)]
    found = [mutant for name in names for mutant in getattr(importlib.import_module(name), "MUTANTS", ())]
    assert set(found) == set(MUTANTS)
    assert len({(mutant.block, mutant.bug) for mutant in MUTANTS}) == len(MUTANTS)
