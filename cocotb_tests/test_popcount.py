import pytest

from cocotb_tests.blocks import popcount
from cocotb_tests.runner import run


@pytest.mark.sim
@pytest.mark.parametrize(("words", "lanes"), [(1, 1), (7, 3), (17, 5)])
def test_popcount(words, lanes, simulator, seed, tmp_path):
    run(popcount(words, lanes), directory=tmp_path, simulator=simulator, seed=seed)
