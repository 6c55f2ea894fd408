"""Cells and cycles of groups of columns."""

import pytest

from flows.base.files import read_json
from flows.cli import run
from flows.mapping.timing_model import predict
from flows.studies.fits.show import fits_columns, fits_rows, fits_sentence
from flows.studies.fits.study import grouped
from hdl.config import CoreConfig, InputError
from hdl.config.geometries import geometry

TINY = CoreConfig.load("tiny")


@pytest.mark.slow
def test_fewer_columns_take_fewer_cells_and_more_cycles(tmp_path, capsys):
    """And nothing is synthesized twice."""
    arguments = ["fits", "tiny", "--columns", "4,16", "-t", "ice40", "-o", str(tmp_path)]
    assert run(arguments) == 0
    assert capsys.readouterr().err.count("synthesize") == 2
    result = read_json(tmp_path / "fits.json", "bayescim fits")
    few, every = result["groupings"]
    assert (few["columns"], every["columns"]) == (4, 16)
    for each in result["groupings"]:
        prediction = predict(grouped(TINY, each["columns"]), inputs=1_000, passes=8, axi=True)
        assert each["cycles_per_input"] == float(prediction.cycles_per_input)
    assert few["cycles_per_input"] > every["cycles_per_input"]
    for kind in ("LUTs", "flip-flops"):
        assert few["cells"]["ice40"][kind] < every["cells"]["ice40"][kind]
    assert run(arguments) == 0
    assert "synthesize" not in capsys.readouterr().err


def test_tables():
    cells = {"ice40": {"LUTs": 1234, "flip-flops": 5, "block RAMs": 2, "carries": 9}, "gates": {"gates": 7}}
    groupings = [{"columns": columns, "cycles_per_input": 2000.5, "cells": cells} for columns in (4, 16)]
    result = {"name": "x", "cols": 16, "passes": 8, "groupings": groupings}
    assert fits_columns(result)[3:] == ["LUTs", "gates", "flip-flops", "block RAMs"]
    first, second, third, _ = fits_rows(result)
    assert first == ["4", "2,000", "ice40", "1,234", "0", "5", "2"]
    assert second == ["4", "2,000", "gates", "0", "7", "0", "0"]
    assert third[0] == "16 (all)"
    assert fits_sentence(result) == "`x`, arrays of 16 columns, cycles of an input of 8 passes."


def test_columns_replace_those_of_the_configuration():
    maps = geometry("grouped_maps")
    assert grouped(maps, 4).cols_per_read == (4, 4, 4)
    assert grouped(maps, 2).cols_per_read == (2, 2, 2)
    with pytest.raises(
        InputError, match=r"^grouped_maps: array\.cols must be a multiple of cols_per_read \(3\), not 4$"
    ):
        grouped(maps, 3)
