"""Cost of the stochastic unit at several sizes."""

import pytest

from flows.base.files import read_json
from flows.cli import run
from flows.studies.overhead.show import overhead_rows, overhead_sentence
from flows.studies.overhead.study import resize
from hdl.config import CoreConfig, InputError

TINY = CoreConfig.load("tiny")


def test_the_stochastic_unit_is_the_same_at_every_size(tmp_path, capsys):
    """And the core around it is not; what was synthesized is not synthesized again."""
    arguments = ["overhead", "tiny", "--hidden", "2,5", "-t", "gates", "-o", str(tmp_path)]
    assert run(arguments) == 0
    assert capsys.readouterr().err.count("synthesize") == 2
    result = read_json(tmp_path / "overhead.json", "bayescim overhead")
    targets = [size["targets"]["gates"] for size in result["overhead"]]
    assert result["constant"]
    assert len({each["core"]["logic"] for each in targets}) == 2
    units = {tuple(each["unit"].values()) for each in targets}
    assert len(units) == 1
    assert all(number > 0 for number in units.pop())
    assert "takes the same cells" in overhead_sentence(result)
    assert [row[:2] for row in overhead_rows(result)] == [["2-2", "56"], ["5-5", "155"]]
    assert run(arguments) == 0
    assert "synthesize" not in capsys.readouterr().err


def test_a_unit_that_is_not_the_same_is_told():
    unit, other = {"logic": 3, "flip-flops": 2}, {"logic": 4, "flip-flops": 2}
    sizes = [
        {"hidden": [2], "weights": 1, "targets": {"gates": {"core": other, "unit": each}}} for each in (unit, other)
    ]
    result = {"name": "x", "method": "y", "overhead": sizes, "constant": False}
    assert "NOT" in overhead_sentence(result)
    assert overhead_rows(result)[0][-1] == "83.333%"


@pytest.mark.parametrize(
    ("config", "width", "message"),
    [
        (TINY, 1, "tiny: network.hidden.0 must be valid, not 1"),
        (CoreConfig.load("fashion_cnn"), 8, "config must be of a network without convolutions"),
    ],
)
def test_networks_without_such_a_size(config, width, message):
    with pytest.raises(InputError, match=message):
        resize(config, width)
