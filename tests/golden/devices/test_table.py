"""User-defined device from a table."""

import math
import re

import pytest
import torch

from golden.devices import MeasuredDevice, devices
from hdl.config import InputError

from .conftest import MEASURED, generator

HEADER = "target_uS,seconds,mean_uS,programming_deviation_uS,read_deviation_uS"
ROWS = ["1,20,1,0.1,0.01", "1,2000,0.8,0.2,0.02", "3,20,3,0.3,0.05", "3,2000,2.6,0.5,0.06"]


def load(tmp_path, rows, header=HEADER):
    path = tmp_path / "device.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return MeasuredDevice.load(path)


def test_points_and_what_is_between(tmp_path):
    model = load(tmp_path, ROWS)
    assert model.limits == (1, 3)
    assert (model.first_read, model.last_read) == (20, 2000)
    for row in ROWS:
        target, seconds, *values = (float(each) for each in row.split(","))
        found = model.measurements.interpolate(torch.tensor(target, dtype=torch.float64), seconds)
        assert found.tolist() == pytest.approx(values)
    # Half way in the target and in the logarithm of the time: the mean of the four corners.
    middle = model.measurements.interpolate(torch.tensor(2.0, dtype=torch.float64), 200.0)
    assert middle.tolist() == pytest.approx([(1 + 0.8 + 3 + 2.6) / 4, 1.1 / 4, 0.14 / 4])


def test_columns_in_another_order(tmp_path):
    names = HEADER.split(",")
    order = [2, 0, 4, 1, 3]
    rows = [",".join(row.split(",")[index] for index in order) for row in ROWS]
    model = load(tmp_path, rows, header=" , ".join(names[index] for index in order))
    assert torch.equal(model.measurements.values, load(tmp_path, ROWS).measurements.values)


def test_single_target_and_time(tmp_path):
    model = load(tmp_path, ["5,60,4,0,0.5"])
    cells = model.program(torch.full((2, 3), 5.0), generator())
    assert torch.equal(cells.conductance(), torch.full((2, 3), 4.0))
    with pytest.raises(InputError, match=r"^seconds must be at most 60, the last that was measured, not 61$"):
        model.moments(torch.tensor(5.0), 61)


def test_later_than_measured(tmp_path):
    cells = load(tmp_path, ROWS).program(torch.full((1, 2), 2.0), generator())
    cells.age(2000)
    cells.conductance()
    with pytest.raises(InputError, match=r"^seconds must be at most 2000, the last that was measured, not 2001$"):
        cells.age(2001)
    assert cells.seconds == 2000


def test_a_table_of_a_model_is_the_model():
    """The example was made of the formulas of `pcm`, to three digits, so at its points it has its moments."""
    table, pcm = MeasuredDevice.load(MEASURED), devices()["pcm"]
    targets = torch.tensor([2.5, 12.5, 25.0], dtype=torch.float64)
    for seconds in (20.0, 3600.0, 2592000.0):
        found, expected = table.moments(targets, seconds), pcm.moments(targets, seconds)
        for name in ("mean", "deviation", "read_deviation"):
            assert getattr(found, name).tolist() == pytest.approx(getattr(expected, name).tolist(), abs=1e-3)


@pytest.mark.parametrize(
    ("index", "row", "line"),
    [
        (1, "1,2000,,0.2,0.02", "row 3, column mean_uS must be a number of at least 0, not ''"),
        (1, "1,2000,x,0.2,0.02", "row 3, column mean_uS must be a number of at least 0, not 'x'"),
        (2, "3,20,3,-0.3,0.05", "row 4, column programming_deviation_uS must be a number of at least 0, not '-0.3'"),
        (2, "-3,20,3,0.3,0.05", "row 4, column target_uS must be a number of at least 0, not '-3'"),
        (3, "3,2000,2.6,0.5,nan", "row 5, column read_deviation_uS must be a number of at least 0, not 'nan'"),
        (3, "3,2000,inf,0.5,0", "row 5, column mean_uS must be a number of at least 0, not 'inf'"),
        (0, "1,0,1,0.1,0.01", "row 2, column seconds must be a number above 0, not '0'"),
        (1, "1,2000,0.8,0.2", "row 3 must have 5 columns, not 4"),
        (1, "1,10,0.8,0.2,0.02", "row 3, column seconds must be more than 20, not 10"),
        (1, "1,20,0.8,0.2,0.02", "row 3, column seconds must be more than 20, not 20"),
        (2, "0.5,20,3,0.3,0.05", "row 4, column target_uS must be more than 1, not 0.5"),
        (3, "3,1000,2.6,0.5,0.06", "row 5, column seconds must be 2000, the next point of the grid, not 1000"),
        (2, "3,2000,2.6,0.5,0.06", "row 4, column seconds must be 20, the next point of the grid, not 2000"),
        (3, None, "row 5 must be of target 3 at 2000 s, and is missing"),
        (2, None, "row 4, column seconds must be 20, the next point of the grid, not 2000"),
        (4, "3,5000,1,1,1", "row 6, column seconds must not come again, like 5000"),
    ],
)
def test_bad_rows(tmp_path, index, row, line):
    rows = [*ROWS[:index], *([row] if row else []), *ROWS[index + 1 :]]
    with pytest.raises(InputError) as error:
        load(tmp_path, rows)
    assert str(error.value) == f"{tmp_path / 'device.csv'}: {line}"


def test_bad_files(tmp_path):
    path = re.escape(str(tmp_path / "device.csv"))
    with pytest.raises(InputError, match=rf"^{path}: row 1 must be {HEADER}, not 'target,time'$"):
        load(tmp_path, ROWS, header="target,time")
    with pytest.raises(InputError, match=rf"^{path}: row 2 must be a measurement, and is missing$"):
        load(tmp_path, [])
    (tmp_path / "device.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match=rf"^{path} must be a CSV file, not something else$"):
        MeasuredDevice.load(tmp_path / "device.csv")
    with pytest.raises(
        InputError, match=r"none.csv must be a CSV file that can be read \(No such file or directory\)$"
    ):
        MeasuredDevice.load(tmp_path / "none.csv")


def test_targets_that_were_not_measured(tmp_path):
    with pytest.raises(InputError, match=r"^targets must be between 1 and 3 µS, not 4$"):
        load(tmp_path, ROWS).program(torch.tensor([[2.0, 4.0]]), generator())
    assert math.isinf(devices()["pcm"].last_read)
