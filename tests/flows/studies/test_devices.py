"""Command `bayescim devices`."""

import json
from pathlib import Path

import pytest

from flows.studies.devices.show import passed, render_device, verdict
from flows.studies.devices.study import choose_models, examine_devices
from golden.devices import PhaseChangeMemory, devices

MEASURED = Path(__file__).parents[3] / "examples/devices/measured.csv"

FEW = ("--chips", 3, "--samples", 1000)


def test_every_moment_is_compared_and_every_model_drawn(bayescim, tmp_path):
    answer = bayescim("devices", "-o", tmp_path, *FEW, "--json")
    assert answer.code == 0, answer.err
    result = json.loads(answer.out)
    assert result == json.loads((tmp_path / "devices.json").read_text())
    assert [each["name"] for each in result["devices"]] == list(devices())
    (pcm,) = (each for each in result["devices"] if each["name"] == "pcm")
    points = {(row["target"], row["seconds"], row["quantity"]) for row in pcm["moments"]}
    assert points == {
        (target, seconds, quantity)
        for target in (1, 2.5, 12.5, 25)
        for seconds in (20, 3600, 86400, 2592000)
        for quantity in ("mean", "deviation", "read deviation")
    }
    rows = [row for each in result["devices"] for row in each["moments"]]
    assert len(rows) == 192
    # So few bits are hardly ever wrong, and junctions seldom enough.
    few = {each["name"] for each in result["devices"] if not all(row["judged"] for row in each["moments"])}
    assert "sram" in few <= {"sram", "mtj"}
    assert result["comparisons"] == sum(row["judged"] for row in rows)
    assert all(row["passed"] is (abs(row["score"]) <= result["limit"] if row["judged"] else None) for row in rows)
    assert verdict(result).startswith(f"{result['comparisons']} moments of 3,000 cells each (3 chips × 1,000): ")
    page = (tmp_path / "devices.md").read_text()
    for name in devices():
        assert (
            render_device(next(each for each in result["devices"] if each["name"] == name), f"device_{name}.svg")
            in page
        )
        assert (tmp_path / f"device_{name}.svg").read_bytes().startswith(b"<?xml")
        assert (tmp_path / f"device_{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_seed_decides():
    models = choose_models(["pcm"])
    first, again, other = (examine_devices(models, chips=2, cells=50, seed=seed) for seed in (3, 3, 4))
    assert first == again != other
    # So few cells decide nothing.
    assert first["comparisons"] == 0
    assert passed(first)
    assert " few " in render_device(first["devices"][0], "picture.svg")


def test_a_wrong_model_is_told_by_the_exit_code(bayescim, tmp_path, monkeypatch):
    """Programming noise that is a tenth too large."""
    right = PhaseChangeMemory.freeze

    def wrong(self, targets, generator):
        state = right(self, targets, generator)
        return {**state, "programmed": targets + 1.1 * (state["programmed"] - targets)}

    monkeypatch.setattr(PhaseChangeMemory, "freeze", wrong)
    answer = bayescim("devices", "pcm", "-o", tmp_path, *FEW)
    assert answer.code == 1
    assert " FAIL " in answer.out
    result = json.loads((tmp_path / "devices.json").read_text())
    assert not passed(result)
    failed = {row["quantity"] for each in result["devices"] for row in each["moments"] if not row["passed"]}
    assert failed == {"deviation"}


def test_a_table(bayescim, tmp_path):
    answer = bayescim("devices", "--table", MEASURED, "-o", tmp_path, *FEW)
    assert answer.code == 0, answer.err
    assert "Moments of table, µS" in answer.out
    assert "Moments of pcm" not in answer.out
    assert (tmp_path / "device_table.svg").exists()
    assert list(choose_models(["pcm"], MEASURED)) == ["pcm", "table"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("pmc",), "device must be one of ideal, mtj, pcm, rram, sram, not 'pmc'"),
        (("pcm", "--samples", 1), "Invalid value for '--samples': Input should be greater than or equal to 2"),
        (("--table", "none.csv"), "none.csv must be a CSV file that can be read (No such file or directory)"),
    ],
)
def test_bad_input(refused, tmp_path, arguments, line):
    output = tmp_path / "output"
    assert refused("devices", *arguments, "-o", output) == line
    assert not output.exists()


def test_a_table_with_a_hole(refused, tmp_path):
    path = tmp_path / "device.csv"
    lines = MEASURED.read_text().splitlines()
    path.write_text("\n".join([*lines[:9], lines[9].rpartition(",")[0] + ",", *lines[10:]]))
    output = tmp_path / "output"
    line = refused("devices", "--table", path, "-o", output)
    assert line == f"{path}: row 10, column read_deviation_uS must be a number of at least 0, not ''"
    assert not output.exists()
