import re
from pathlib import Path

import pytest

from flows.base.yosys import Yosys
from flows.synthesis.gates import GOALS, SIZES, Gates, count_gates, to_markdown

DOCUMENT = Path(__file__).parents[3] / "docs" / "gates.md"

#: How much worse than the document a structure may become.
SLACK = 1.02


def documented(target, structure, size):
    """Return what the document says."""
    text = DOCUMENT.read_text()
    header = next(line for line in text.splitlines() if line.startswith("| target | structure |"))
    column = header.split(" | ").index(f"N = {size}")
    (row,) = re.findall(rf"^\| `{target}` \| {structure} .*$", text, re.MULTILINE)
    return float(row.split(" | ")[column])


@pytest.mark.parametrize("target", GOALS)
def test_no_worse_than_documented(target):
    found = count_gates(target, "own cells", 64, yosys=Yosys.find())
    assert 1 / GOALS[target] < found.per_bit <= documented(target, "own cells", 64) * SLACK


@pytest.mark.parametrize("target", GOALS)
@pytest.mark.parametrize("size", SIZES)
def test_own_cells_are_documented_at_every_size(target, size):
    assert 0.5 < documented(target, "own cells", size) < 2


def test_table():
    found = [
        Gates(target="ecp5", structure="own cells", words=size, cells=int(32 * size * per_bit), per_bit=per_bit)
        for size, per_bit in ((64, 1.25), (256, 1.5))
    ]
    assert to_markdown(found).splitlines()[-1] == "| `ecp5` | own cells | 1.250 | 1.500 | 1.8 |"


def test_bad_input(refused):
    assert refused("gates", "-t", "asic") == "target must be one of ice40, ecp5, xilinx, not 'asic'"
    assert refused("gates", "-n", "0") == "size must be a positive integer, not 0"
