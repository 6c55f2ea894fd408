import dataclasses
import math
import re

import numpy as np
import pytest
import torch

from golden.arrays import MacroArray, MacroArrays, MacroCells, MacroChip, ReadKind, Sweeps, crossbar
from golden.data import random_program
from golden.devices import Ideal, Pair, devices
from golden.model import core_model
from hdl.config import CoreConfig, InputError

_CONFIG = {
    "name": "chip",
    "network": {"inputs": 11, "input_bits": 2, "hidden": [5], "classes": 3},
    "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
    "bayes": {"method": "sampled-weights", "weight_bits": 3, "passes": 3, "max_passes": 8},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
    "macro": {"tolerance": 1, "max_pulses": 4, "reference_bits": 6, "reference_reads": 16},
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
    """Also where a sweep ends, where noise is drawn anew, and after other reads in between."""
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
                        array.read(layer.array_groups, arrays.references[layer.index][tile], shown, drive)
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
    words = array.words(ReadKind.COMPUTE, numbers, groups, arrays.references[0][0])
    wanted = torch.stack([array._rows[line].probability().squeeze(0) for line in range(layer.rows_per_read)]).double()
    error = (wanted * (1 - wanted) / reads).sqrt().clamp(min=1 / reads)
    assert ((words.double().mean(dim=0) - wanted).abs() <= 6 * error).all()
    assert (wanted.clamp(0.05, 0.95) == wanted).any(), "no weight is random"


def test_levels_are_read_back_as_they_are_programmed():
    config = configuration(max_pulses=40)
    arrays = programmed(config, pcm(seed=3), random_program(config, np.random.default_rng(3)))
    layer = config.layers[0]
    cells = layer.arrays * layer.macro_groups * layer.rows_per_read * layer.cols
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


@pytest.mark.parametrize("macro", [{}, CONVERTERS], ids=["comparator", "adc"])
def test_calibration_brings_reference_cells_to_half(macro):
    """As near as one step of the code, and the noise of the reads, allow."""
    config = configuration(**macro, reference_bits=8, reference_reads=200)
    cells = MacroCells(pair=Pair(model=Ideal(noise=1.0), noise_target=12.5), seed=8)
    arrays = MacroArrays(MacroChip(config, cells))
    for layer in config.layers:
        middle = torch.full((layer.cols,), 1 << layer.weight_bits - 1)
        for line in range(layer.rows_per_read):
            # Cells of one side: the reference has something to make up for.
            arrays.chip.arrays[layer.index][0].pulse(
                layer.array_groups, line, torch.ones(layer.cols).bool(), middle + 2
            )
    layer, array = config.layers[0], arrays.chip.arrays[0][0]
    before = arrays.references[0][0]
    codes = arrays.calibrate(layer, 0)
    assert codes.shape == before.shape
    assert (codes > before).all()
    held, reads = config.sensing.reference_lines(layer, 0), 400
    drive = (torch.arange(layer.rows_per_read) < held).to(torch.uint8)

    def ones(references):
        found = [array.read(layer.array_groups, references, drive, drive) for _ in range(reads)]
        counted = torch.stack(
            [
                each << config.sensing.adc_shift(layer) if config.sensing.converts else each[:held].sum(0)
                for each in found
            ]
        )
        return counted.double().mean() / held

    # A step of the code moves P by less than this, with converters as well as with comparators.
    step = 0.06
    spread = step + 6 * math.sqrt(0.25 / (config.macro.reference_reads * held) + 0.25 / (reads * held))
    assert abs(ones(before) - 0.5) > spread
    assert abs(ones(codes) - 0.5) < spread


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
