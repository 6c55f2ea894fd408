import math
import statistics

import pytest

from flows.base.spread import Spread


def test_of_several_values():
    found = Spread.of([1, 2, 4])
    assert found.mean == pytest.approx(7 / 3)
    assert found.deviation == pytest.approx(math.sqrt(7 / 3))
    assert Spread.of([0.1] * 3) == Spread(mean=0.1, deviation=0)


def test_one_value_has_no_deviation():
    assert Spread.of([0.25]) == Spread(mean=0.25, deviation=None)
    assert f"{Spread.of([0.25]):.4f}" == "0.2500"
    assert f"{Spread.of([0.25]):.2%}" == "25.00%"


def test_no_value_has_no_mean():
    with pytest.raises(statistics.StatisticsError):
        Spread.of([])


def test_in_words():
    found = Spread(mean=0.98765, deviation=0.01234)
    assert f"{found:.4f}" == "0.9877 ± 0.0123"
    assert f"{found:.2%}" == "98.77% ± 1.23"
    assert Spread.kept({"mean": 0.98765, "deviation": 0.01234, "chips": [1]}) == found
