"""Model of both cores: units, monotonicity, and the command."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from flows.base.yosys import Yosys
from flows.studies.comparison.blocks import accumulator, array
from flows.studies.comparison.constants import DEFAULTS, load_constants
from flows.studies.comparison.logic import LANES, Lanes, Logic, count_logic
from flows.studies.comparison.measured import LogicRecord
from flows.studies.comparison.options import ComparisonOptions, Sweep
from flows.studies.comparison.paper import PAPER
from flows.studies.comparison.pcm_core import pcm_core
from flows.studies.comparison.sensitivity import draw, sensitivity
from flows.studies.comparison.sram_core import sram_core
from flows.studies.comparison.study import run, works_of
from flows.studies.comparison.terms import Component, Core, Term, cost
from flows.studies.comparison.work import work_of
from hdl.config import CoreConfig, InputError

_TINY = CoreConfig.load("tiny")
_CONSTANTS = load_constants()
_VALUES = {name: each.value for name, each in _CONSTANTS.items()}
_SWEEP = Sweep(bits=(4, 8), sizes=(32,), lines=(1.0, 2.0), samples=500)

#: tiny: 16-16-16-10 on arrays of 16 × 16, two word lines a read, two bits a pixel, T = 8.
_WEIGHT_READS = 8 * (2 * 16 * 16 + 16 * 16 + 16 * 10)


@pytest.fixture(scope="module")
def directory(once, tmp_path_factory):
    """Where gates of `tiny` were counted by Yosys."""
    counted = once("compare", lambda place: run(_TINY, place, ComparisonOptions(sweep=_SWEEP)))
    return Path(shutil.copytree(counted, tmp_path_factory.mktemp("compare") / "copy"))


@pytest.fixture(scope="module")
def result(directory):
    """The comparison of `tiny`, gates counted by Yosys."""
    return run(_TINY, directory, ComparisonOptions(sweep=_SWEEP))


@pytest.fixture(scope="module")
def measured(result):
    return LogicRecord.of({"measured": result["logic"]}).measured


def test_units_by_hand():
    """1,000 cells of 0.1 µm²; 2,000 reads of 1.1 V × 0.2 V × 5 µS × 50 ns; 40 cycles at 400 MHz; 300 nW meanwhile."""
    values = {"area": 0.1, "supply": 1.1, "voltage": 0.2, "conductance": 5.0, "read": 50.0, "leak": 3.0}
    cells = Component(
        "cells",
        area=(Term(1_000, ("area",)),),
        energy=(Term(2_000, ("supply", "voltage", "conductance", "read")),),
        power=(Term(100, ("leak",)),),
    )
    core = Core(components=(cells,), operations=6_000, cycles=40, latency_cycles=50)
    found = cost(core, values | {"logic.clock": 400.0})
    # 40 / 400 MHz = 100 ns; V² · S · s = J: 1.1 · 0.2 · 5e-6 · 50e-9 = 55 fJ; 300 nW · 100 ns = 30 aJ · 1e3.
    assert found.time == pytest.approx(100.0)
    assert found.latency == pytest.approx(125.0)
    assert found.energy == pytest.approx({"cells": 110_000.0, "leakage": 30.0})
    assert found.total_energy == pytest.approx(0.11003)
    assert found.total_area == pytest.approx(1e-4)
    assert found.gops == pytest.approx(60.0)
    # 6,000 operations for 0.11003 nJ: 1 / nJ is 1 GOPS/W.
    assert found.efficiency == pytest.approx(6_000 / 0.11003)
    assert found.density == pytest.approx(found.efficiency / 1e-4)


def test_a_read_longer_than_a_cycle_takes_its_time():
    core = Core(
        components=(),
        operations=1,
        cycles=40,
        latency_cycles=50,
        reads=(Term(16, ("read",)),),
        read=(Term(1, ("read",)),),
    )
    slow, fast = (cost(core, {"logic.clock": 400.0, "read": read}) for read in (50.0, 1.0))
    assert (slow.time, slow.latency) == (800.0, 2_500.0)
    assert (fast.time, fast.latency) == (100.0, 125.0)


def test_what_tiny_reads(measured):
    """Against numbers worked out by hand from the configuration."""
    work = work_of(_TINY)
    assert sum(each.weight_reads for each in work.layers) == _WEIGHT_READS
    # Eight groups of two word lines; two bit planes in the first layer.
    assert [each.reads for each in work.layers] == [8 * 2 * 8, 8 * 8, 8 * 8]
    assert [each.bank_rows for each in work.layers] == [8, 8, 8]
    assert work.operations == 2 * 8 * (16 * 16 + 16 * 16 + 16 * 10)
    pcm = cost(pcm_core(work, measured.lanes, measured.rest), _VALUES)
    sram = cost(sram_core(work, measured.lanes, measured.rest, bits=8, generators=1), _VALUES)
    # fJ: two cells of 1.1 V · 0.2 V · 5 µS · 50 ns; a comparator of 15 fJ; 8 bits of 8 · 0.25 fF · 1.1 V · 0.2 V.
    assert pcm.energy["cells"] == pytest.approx(2 * 55 * _WEIGHT_READS)
    assert pcm.energy["sensing"] == pytest.approx(15 * _WEIGHT_READS)
    assert sram.energy["cells"] == pytest.approx(8 * 8 * 0.25 * 1.1 * 0.2 * _WEIGHT_READS)
    assert sram.energy["sensing"] == pytest.approx(8 * 5 * _WEIGHT_READS)
    # µm²: three arrays of 256 pairs, two banks each, 16 columns in a bank.
    assert pcm.area["cells"] == pytest.approx(3 * 256 * 2 * 0.097)
    assert pcm.area["sensing"] == pytest.approx(3 * 2 * 16 * 20)
    assert sram.area["cells"] == pytest.approx(3 * 256 * 8 * 0.324)
    # Reads of the first layer, 52 ns each, are longer than everything else.
    assert pcm.time == pytest.approx(128 * 52)
    # All other blocks keep up with them, at 400 MHz.
    assert sram.time == pytest.approx(128 * 2.5)
    # pJ: 672 weights, two cells, 10 pulses of 50 pJ; fJ: 8 bits of 20 fJ.
    assert pcm.loading == pytest.approx(672 * 2 * 10 * 50e3)
    assert sram.loading == pytest.approx(672 * 8 * 20)


def test_converters(measured):
    """Of a read of two word lines there are three counts: two bits, of a column that shares its converter."""
    work = work_of(_TINY)
    found = cost(pcm_core(work, measured.lanes, measured.rest, adc_bits=6), _VALUES)
    conversions = 8 * 8 * (2 * 16 + 16 + 10)
    assert found.energy["sensing"] == pytest.approx(conversions * 4 * 30)
    assert found.area["sensing"] == pytest.approx(3 * 16 * 4 * 15 / 8)
    assert found.time == pytest.approx(128 * 8 * (50 + 10))
    assert "counting" not in found.energy


def test_lanes_are_proportional():
    """Measurements with few lanes predict Yosys' count with many."""
    work = work_of(CoreConfig.load("digits"))
    layer = work.layers[1].layer
    blocks = (array(work.config, layer), accumulator(work.config, layer))
    counted = count_logic(
        {f"{block.key} {lanes}": block.make(lanes) for block in blocks for lanes in (*LANES, 24)}, yosys=Yosys.find()
    )
    for block in blocks:
        few, many, most = (counted[f"{block.key} {lanes}"] for lanes in (*LANES, 24))
        told = Lanes.between(few, many).at(24)
        assert told.flip_flops == most.flip_flops > 0
        assert told.gates == pytest.approx(most.gates, rel=0.02)


def test_gates_are_counted_in_nand2():
    """As many transistors as Yosys estimates, by four."""
    assert Logic.of({"$_NAND_": 3, "$_XOR_": 2, "$_NOT_": 4, "$_DFF_P_": 5, "$mem_v2": 1}) == Logic(3 + 6 + 2, 5)
    with pytest.raises(InputError, match=r"^cells must be generic gates, not 'SB_LUT4'$"):
        Logic.of({"SB_LUT4": 1})


def test_constants_of_one_core_leave_the_other_alone(measured):
    work = work_of(_TINY)
    pcm = pcm_core(work, measured.lanes, measured.rest)
    sram = sram_core(work, measured.lanes, measured.rest, bits=8, generators=1)
    for name, each in _CONSTANTS.items():
        changed = _VALUES | {name: each.high * 1.01}
        if name.startswith(("pcm.", "sense.", "adc.")):
            assert cost(sram, changed) == cost(sram, _VALUES), name
        if name.startswith("pcm.") and name not in ("pcm.pulses", "pcm.pulse_energy"):
            before, after = cost(pcm, _VALUES), cost(pcm, changed)
            assert after.total_area >= before.total_area, name
            assert after.total_energy >= before.total_energy, name
            assert after.density < before.density, name


def test_precision_costs_the_sram_core_alone(result):
    four, eight = (next(each for each in result["sizes"] if each["bits"] == bits) for bits in (4, 8))
    assert four["pcm"] == eight["pcm"]
    for figure in ("area_mm2", "energy_nj"):
        assert four["sram"][figure] < eight["sram"][figure]
    for ratio in PAPER:
        assert four["ratios"][ratio] < eight["ratios"][ratio]


def test_more_draws_cost_the_sram_core_alone(result):
    variants = result["generators"]
    assert [each["generators"] for each in variants] == [1, 4, 16]
    assert all(each["pcm"] == variants[0]["pcm"] for each in variants)
    energies = [each["sram"]["energy_nj"] for each in variants]
    assert energies == sorted(energies)
    assert energies[0] < energies[-1]
    assert variants[-1]["sram"]["energy_nj"] == result["independent"]["sram"]["energy_nj"]


def test_components_add_up(result):
    for core in ("pcm", "sram"):
        figures = result["base"][core]
        assert sum(figures["area"].values()) == pytest.approx(figures["area_mm2"], rel=1e-4)
        assert sum(figures["energy"].values()) == pytest.approx(figures["energy_nj"], rel=1e-4)
        assert figures["gops_per_watt_mm2"] == pytest.approx(figures["gops_per_watt"] / figures["area_mm2"], rel=1e-4)


def test_sensitivity(result):
    nominal = result["base"]["ratios"]
    for ratio, told in result["sensitivity"]["shared"].items():
        assert told["nominal"] == nominal[ratio]
        by_name = {each["constant"]: each for each in told["constants"]}
        assert set(by_name) == set(_CONSTANTS)
        # A longer read is worse for PCM, a column of SRAM that takes more is better for it.
        assert by_name["pcm.read_time"]["high"] < told["nominal"] < by_name["pcm.read_time"]["low"]
        assert by_name["sram.column_energy"]["low"] < told["nominal"] < by_name["sram.column_energy"]["high"]
        assert by_name["pcm.read_time"]["rank"] < 0 < by_name["sram.column_energy"]["rank"]
        # Loading is no inference.
        assert by_name["pcm.pulses"]["low"] == by_name["pcm.pulses"]["high"] == told["nominal"]
        spans = [abs(np.log(each["high"] / each["low"])) for each in told["constants"]]
        assert spans == sorted(spans, reverse=True)
        quantiles = list(told["quantiles"].values())
        assert quantiles == sorted(quantiles)
        assert sum(told["histogram"]["shares"]) == pytest.approx(1)


def test_samples_are_seeded_and_within_bounds(measured):
    first, again, other = draw(_CONSTANTS, 300, 1), draw(_CONSTANTS, 300, 1), draw(_CONSTANTS, 300, 2)
    for name, each in _CONSTANTS.items():
        assert (first[name] == again[name]).all()
        assert (first[name] != other[name]).any()
        assert each.low <= first[name].min() < first[name].max() <= each.high
    work = work_of(_TINY)
    cores = (
        pcm_core(work, measured.lanes, measured.rest),
        sram_core(work, measured.lanes, measured.rest, bits=8, generators=1),
    )
    # One at a time they give what all give together.
    told = sensitivity(cores, _CONSTANTS, samples=300, seed=1)["gops_per_watt"]
    ratios = []
    for index in range(300):
        values = {name: sampled[index] for name, sampled in first.items()}
        pcm, sram = (cost(core, values) for core in cores)
        ratios.append(pcm.efficiency / sram.efficiency)
    assert told["quantiles"]["0.5"] == pytest.approx(np.median(ratios), rel=1e-4)
    assert told["above_one"] == pytest.approx(np.mean(np.array(ratios) > 1), rel=1e-4)


def test_geometry():
    works = works_of(_TINY, Sweep(sizes=(16, 32), lines=(1.0, 2.0, 100.0)), 8)
    assert set(works) == {(None, 1.0), (None, 2.0), (None, 100.0), (32, 1.0)}
    assert works[None, 100.0].config.rows_per_read == (16, 16, 16)
    # Eight groups of two bit planes, then four; in the end a class a cycle is all that counts.
    assert [works[None, lines].cycles for lines in (1.0, 2.0, 100.0)] == [8 * 16, 8 * 10, 8 * 10]


def test_command(bayescim, result, directory, tmp_path):
    """The same again, from the logic that was counted, with a constant of one's own."""
    own = tmp_path / "own.toml"
    own.write_text(_text_with("pcm.read_time", 20.0))
    target = tmp_path / "tiny"
    target.mkdir()
    (target / "logic.json").write_bytes((directory / "logic.json").read_bytes())
    arguments = ["--bits", "4,8", "--sizes", "32", "--lines", "1,2", "--samples", 50]
    answer = bayescim("compare", "tiny", "-o", tmp_path, "--constants", own, *arguments, "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)["tiny"]
    assert found == json.loads((target / "compare.json").read_text())
    assert found["logic"] == json.loads(json.dumps(result["logic"]))
    assert found["constants"]["pcm.read_time"]["value"] == 20.0
    assert found["base"]["ratios"]["gops_per_watt"] > result["base"]["ratios"]["gops_per_watt"]
    assert found["base"]["sram"] == result["base"]["sram"]
    for name in ("cores_tiny", "sensitivity_tiny"):
        assert (target / f"{name}.svg").read_bytes().startswith(b"<?xml")
        assert (target / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    page = (target / "compare.md").read_text()
    assert "Model: the PCM core has" in page
    assert "the paper of its own cores [abstract], not computed here | 2.2 … 5.6 | 3.8 … 9.6 |" in page


def _text_with(name, value):
    lines = DEFAULTS.read_text().splitlines()
    lines[lines.index(f"[{name}]") + 1] = f"value = {value}"
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--bits", "1"], "bits must be between 2 and 16, not 1"),
        (["--bits", "x"], "bits must be numbers with commas between them, not 'x'"),
        (["--sizes", "1"], "sizes must be between 2 and 4096, not 1"),
        (["--lines", "0"], "lines must be above 0 and at most 512, not 0.0"),
        (["--samples", 0], "samples must be at least 1, not 0"),
        (["--passes", 0], "passes must be between 1 and 16, not 0"),
        (
            ["--constants", "missing.toml"],
            "constants must be a TOML file, not 'missing.toml' (No such file or directory)",
        ),
    ],
)
def test_bad_arguments(refused, tmp_path, arguments, line):
    assert refused("compare", "tiny", "-o", tmp_path, *arguments) == line
    assert not list(tmp_path.rglob("*.json"))


def test_bad_cores(measured):
    work = work_of(_TINY)
    with pytest.raises(InputError, match=r"^adc_bits must be between 1 and 12, not 0$"):
        pcm_core(work, measured.lanes, measured.rest, adc_bits=0)
    with pytest.raises(InputError, match=r"^generators must be at least 1, not 0$"):
        sram_core(work, measured.lanes, measured.rest, bits=8, generators=0)
