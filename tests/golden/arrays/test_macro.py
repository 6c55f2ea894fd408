import dataclasses
import math
import re

import numpy as np
import pytest
import torch

from golden.arrays import MacroArray, MacroArrays, MacroCells, MacroChip, Sweeps, crossbar
from golden.data import random_program
from golden.devices import Ideal, Pair, devices
from golden.model import core_model
from hdl.config import CoreConfig, InputError
from hdl.contract import array_levels, target_counts

_CONFIG = {
    "name": "chip",
    "network": {"inputs": 11, "input_bits": 2, "hidden": [5], "classes": 3},
    "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
    "bayes": {"method": "sampled-weights", "weight_bits": 3, "passes": 3, "max_passes": 8},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
    "macro": {"tolerance": 1, "max_pulses": 4, "reference_bits": 6, "calibration_reads": 16},
}


def configuration(**macro):
    return CoreConfig.model_validate(_CONFIG | {"macro": _CONFIG["macro"] | macro})


CONVERTERS = {"sense": "adc", "adc_bits": 2, "reference": "column"}

each_sense = pytest.mark.parametrize(
    "config", [configuration(), configuration(**CONVERTERS)], ids=["comparator", "adc"]
)


def pcm(seed=0, **fields):
    return MacroCells(pair=Pair(model=devices()["pcm"], noise_target=12.5), seed=seed, **fields)


def programmed(config, cells, program):
    arrays = MacroArrays(MacroChip(config, cells))
    arrays.program(program)
    return arrays


@each_sense
def test_noise_does_not_depend_on_how_many_reads_are_made_together(config):
    program = random_program(config, np.random.default_rng(1))
    pixels = torch.randint(0, 4, (9, 11), generator=torch.Generator().manual_seed(1))
    model = core_model(program, cells=pcm(seed=5))
    whole = model.logits(pixels, passes=8)
    assert (whole == core_model(program, cells=pcm(seed=5)).logits(pixels, passes=8, batch_size=2)).all()
    some = model.logits(pixels[4:6], passes=8, first_pass=32)
    assert (some == whole[4:6]).all()
    assert (whole != core_model(program, cells=pcm(seed=6)).logits(pixels, passes=8)).any()


@each_sense
def test_one_read_after_the_other_is_what_the_model_reads(config):
    """Also where a sweep ends, where noise is drawn anew, and after a verify read in between."""
    chip = MacroChip(config, pcm(seed=7))
    arrays = MacroArrays(chip)
    rng = np.random.default_rng(3)
    for layer in config.layers:
        sweeps = 40
        bits = torch.from_numpy(rng.integers(0, 2, (sweeps, layer.inputs), dtype=np.uint8))
        wanted = arrays.counts(layer, Sweeps(first=0, bits=bits))
        found = torch.zeros((sweeps, layer.lanes), dtype=torch.int64)
        for tile, array in enumerate(chip.arrays[layer.index]):
            row_tile, col_tile = divmod(tile, layer.col_tiles)
            columns = slice(col_tile * layer.cols, (col_tile + 1) * layer.cols)
            for sweep in range(sweeps):
                for group in range(layer.groups):
                    held = layer.driven_lines(row_tile, group)
                    start = row_tile * layer.rows + group * layer.rows_per_read
                    shown = torch.zeros(layer.rows_per_read, dtype=torch.uint8)
                    shown[:held] = bits[sweep, start : start + held]
                    drive = (torch.arange(layer.rows_per_read) < held).to(torch.uint8)
                    answer = array.read(group, arrays.references[layer.index][tile], shown, drive)
                    if config.sensing.converts:
                        found[sweep, columns] += (answer << config.sensing.adc_shift(layer)).clamp(max=held)
                    else:
                        found[sweep, columns] += (answer[:held] == shown[:held, None]).sum(dim=0)
                    if sweep == sweeps // 2:
                        array.verify(group, 0)
        assert (found[:, : layer.outputs] == wanted).all()


@pytest.mark.parametrize("macro", [{}, {"sense": "adc", "adc_bits": 8}], ids=["comparator", "adc"])
def test_certain_weights_are_a_plain_network(macro):
    """Codes at both ends, and cells that are what they should be: what a macro counts is what an array counts."""
    config = configuration(**macro)
    rng = np.random.default_rng(4)
    program = random_program(config, rng)
    certain = [7 * rng.integers(0, 2, weights.shape) for weights in program.weights]
    cells = MacroCells(pair=Pair(model=Ideal(noise=0.01), noise_target=12.5), seed=1)
    arrays = programmed(config, cells, dataclasses.replace(program, weights=tuple(certain)))
    assert not arrays.failed
    for layer, weights in zip(config.layers, certain, strict=True):
        bits = torch.from_numpy(rng.integers(0, 2, (20, layer.inputs), dtype=np.uint8))
        plane = dataclasses.replace(layer, input_bits=1)
        found = arrays.counts(layer, Sweeps(first=0, bits=bits))
        assert (found == crossbar.counts(plane, bits, torch.from_numpy(weights // 7))).all()


def test_weights_have_the_probability_of_their_cells():
    """Of cells as they were really programmed, after an hour: every pair within six standard errors."""
    config = configuration()
    layer, reads = config.layers[0], 4000
    chip = MacroChip(config, pcm(seed=2))
    arrays = MacroArrays(chip)
    arrays.program(random_program(config, np.random.default_rng(2)))
    chip.age(3600.0)
    array = chip.arrays[0][0]
    numbers, groups = torch.arange(reads), torch.zeros(reads, dtype=torch.int64)
    words = array.words(numbers, groups, arrays.references[0][0])
    wanted = torch.stack([array._rows[line].probability().squeeze(0) for line in range(layer.rows_per_read)]).double()
    error = (wanted * (1 - wanted) / reads).sqrt().clamp(min=1 / reads)
    assert ((words.double().mean(dim=0) - wanted).abs() <= 6 * error).all()
    assert (wanted.clamp(0.05, 0.95) == wanted).any(), "no weight is random"


def test_levels_are_read_back_as_they_are_programmed():
    config = configuration(max_pulses=40)
    arrays = programmed(config, pcm(seed=3), random_program(config, np.random.default_rng(3)))
    layer = config.layers[0]
    cells = layer.arrays * layer.array_groups * layer.rows_per_read * layer.cols
    assert arrays.pulses > cells
    assert arrays.failed == 0
    noiseless = MacroArray(config, layer, 0, MacroCells(pair=Pair(model=Ideal(noise=0.01), noise_target=12.5), seed=0))
    levels = torch.arange(4) + 3
    noiseless.pulse(1, 2, torch.ones(4, dtype=torch.bool), levels)
    assert (noiseless.verify(1, 2) == levels).all()
    assert (noiseless.verify(1, 1) == 0).all()


def test_a_stuck_cell_fails_alone():
    config = configuration(max_pulses=40)
    arrays = MacroArrays(MacroChip(config, pcm(seed=4)))
    layer = config.layers[0]
    arrays.chip.arrays[0][1].stuck[5, 2] = True
    assert not arrays.program_row(layer, 1, 1, 1, torch.tensor([4, 4, 7, 4]))
    assert arrays.failed == 1
    assert arrays.program_row(layer, 1, 1, 2, torch.tensor([4, 4, 7, 4]))
    assert arrays.failed == 1


def known_reads(layer, row_tile, reads):
    """Return groups, bits and driven lines of reads of the known vector."""
    groups = torch.arange(layer.groups).repeat(reads)
    held = torch.tensor([layer.driven_lines(row_tile, group) for group in groups.tolist()])
    drive = (torch.arange(layer.rows_per_read) < held[:, None]).to(torch.uint8)
    return groups, held, drive


@each_sense
def test_calibration_is_the_search_read_by_read(config):
    """After passes and after an earlier calibration, and the passes that follow go on where it ended."""
    program = random_program(config, np.random.default_rng(6))
    chip = MacroChip(config, pcm(seed=9))
    arrays = programmed(config, pcm(seed=9), program)
    MacroArrays(chip).program(program)
    macro, passes = config.macro, 3
    for layer in config.layers:
        array, tile = chip.arrays[layer.index][-1], layer.arrays - 1
        groups, held, drive = known_reads(layer, layer.row_tiles - 1, macro.calibration_reads)
        array.skip(passes * layer.sweeps * layer.groups)
        for _ in range(2):
            wanted = torch.zeros_like(arrays.targets[layer.index][tile])
            for bit in reversed(range(macro.reference_bits)):
                tried, ones = wanted | 1 << bit, 0
                for group, lines, driven in zip(groups.tolist(), held.tolist(), drive, strict=True):
                    answer = array.read(group, tried, driven, driven)
                    if config.sensing.converts:
                        ones = ones + (answer << config.sensing.adc_shift(layer)).clamp(max=lines)
                    else:
                        ones = ones + answer[:lines].sum(dim=0, dtype=torch.int64)
                ones = ones if len(wanted) > 1 else ones.sum(dim=0, keepdim=True)
                wanted = torch.where(ones >= arrays.targets[layer.index][tile], tried, wanted)
            assert (arrays.calibrate(layer, tile, first_pass=passes) == wanted).all()
        sweep = torch.ones((1, layer.inputs), dtype=torch.uint8)
        before = arrays.counts(layer, Sweeps(first=passes * layer.sweeps, bits=sweep))
        assert before.shape == (1, layer.outputs)
        shown = array.read(0, wanted, drive[0], drive[0])
        numbers = torch.tensor([passes * layer.sweeps * layer.groups + 2 * macro.reference_bits * len(groups)])
        found = arrays.chip.arrays[layer.index][tile]
        again = (
            found.codes(numbers, groups[:1], wanted, drive[:1], drive[:1])
            if config.sensing.converts
            else found.words(numbers, groups[:1], wanted)
        )
        assert (shown == again[0]).all()


@pytest.mark.parametrize("kind", ["comparator", "adc"])
@pytest.mark.parametrize("shared", ["global", "column"])
def test_calibration_brings_columns_to_their_targets(kind, shared):
    """Of cells that have all moved to one side, as near as one step of the code, and the noise of the reads, allow."""
    config = configuration(sense=kind, reference=shared, reference_bits=8, calibration_reads=400, tolerance=6)
    cells = MacroCells(pair=Pair(model=Ideal(noise=1.5), noise_target=12.5), seed=8)
    program = random_program(config, np.random.default_rng(8))
    weights = tuple(np.clip(codes, 2, 4) for codes in program.weights)
    arrays = programmed(config, cells, dataclasses.replace(program, weights=weights))
    moved = dataclasses.replace(program, weights=tuple(codes + 1 for codes in weights))
    for layer in config.layers:
        for tile in range(layer.arrays):
            for row, levels in enumerate(array_levels(moved.weights[layer.index], layer, tile)):
                arrays.program_row(layer, tile, *divmod(row, layer.rows_per_read), torch.from_numpy(levels))
    layer, tile = config.layers[0], 0
    array, targets = arrays.chip.arrays[0][tile], arrays.targets[0][tile]
    assert (target_counts(moved.weights[0], config, layer, tile) > targets.numpy()).all()
    reads = 1200
    groups, held, drive = known_reads(layer, 0, reads)

    def mean(references):
        """Return the mean ones of a sweep."""
        numbers = torch.arange(len(groups))
        if config.sensing.converts:
            found = array.codes(numbers, groups, references, drive, drive) << config.sensing.adc_shift(layer)
            ones = found.minimum(held[:, None])
        else:
            ones = (array.words(numbers, groups, references) * drive[:, :, None]).sum(dim=1, dtype=torch.int64)
        ones = ones.double().sum(dim=0) / reads
        return ones if len(targets) > 1 else ones.sum(dim=0, keepdim=True)

    wanted = targets / config.macro.calibration_reads
    before = arrays.references[0][tile]
    codes = arrays.calibrate(layer, tile)
    assert (codes > before).all()
    # A step of a code moves P by less than this; both means are of reads with noise.
    columns = 1 if len(targets) > 1 else layer.cols
    weights_counted = int(held[: layer.groups].sum()) * columns
    spread = 0.03 * weights_counted + 6 * math.sqrt(weights_counted / 4 * (1 / 400 + 1 / reads))
    assert ((mean(before) - wanted).abs() > spread).all()
    assert ((mean(codes) - wanted).abs() < spread).all()


@each_sense
def test_targets_are_the_expected_ones(config):
    """The sum of P over the cells of a column times the reads, and never none or all of them."""
    rng = np.random.default_rng(2)
    program, highest = random_program(config, rng), 7
    weights = program.weights[0].copy()
    weights[0], weights[1] = 0, highest
    layer, reads = config.layers[0], config.macro.calibration_reads
    for tile in range(layer.arrays):
        row_tile, col_tile = divmod(tile, layer.col_tiles)
        held = slice(row_tile * layer.rows, (row_tile + 1) * layer.rows)
        columns = []
        for column in range(col_tile * layer.cols, (col_tile + 1) * layer.cols):
            each = weights[column, held] if column < layer.outputs else np.array([0])
            p = np.where(each == highest, 1, each / (highest + 1))
            most = layer.tile_inputs(row_tile) * reads
            columns.append(min(max(math.floor(p.sum() * reads + 0.5), 1), most - 1))
        wanted = columns if config.macro.reference == "column" else [sum(columns)]
        assert target_counts(weights, config, layer, tile).tolist() == wanted


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pcm(seed=-1), "seed must be an integer of at least 0, not -1"),
        (lambda: pcm(verify_reads=0), "verify_reads must be an integer of at least 1, not 0"),
        (
            lambda: MacroCells(pair=Pair(model=devices()["pcm"], noise_target=25.0), seed=0).targets(
                configuration(sense="adc")
            ),
            "noise_target must be between 0 and 25 with converters, not 25.0",
        ),
        (
            lambda: MacroChip(CoreConfig.load("tiny"), pcm()),
            "macro must be in the configuration of a core with macros, not omitted",
        ),
        (
            lambda: core_model(random_program(configuration(), np.random.default_rng(0))),
            "cells must be given for a core with macros, not None",
        ),
        (lambda: MacroChip(configuration(), pcm()).age(1.0), "seconds must be a finite number of at least 20, not 1.0"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        make()
