"""Configurations and Programs with sampled weights."""

import dataclasses

import numpy as np
import pytest

from golden.data import random_program
from hdl.config import CoreConfig, InputError
from hdl.contract import Program, program_rows

from ..configurations import SMALLEST
from ..drawn_layers import SMALLEST_DRAWN, drawn_config


def refused(config, **sections):
    """Return the line with which a change of ``config`` is refused."""
    content = config.model_dump()
    for name, fields in sections.items():
        content[name] = content[name] | fields
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - what it says is for the caller to compare
        CoreConfig.model_validate(content)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"weight_bits": 1}, "Input should be greater than or equal to 2"),
        ({"weight_bits": 17}, "Input should be less than or equal to 16"),
        ({"sampling": "input"}, "Input should be 'read' or 'pass'"),
        ({"generators": 0}, "Input should be greater than or equal to 1"),
        ({"generators": 10}, "bayes.generators must be at most 9, the outputs of the widest layer, not 10"),
        ({"order": "prefix"}, "bayes.order must be 'plain' for method 'sampled-weights'"),
        ({"p": [0.5, 0.5]}, "Extra inputs are not permitted"),
        ({"method": "none", "passes": 1, "max_passes": 1}, "bayes.none.weight_bits"),
    ],
)
def test_bad_choices_are_refused(fields, line):
    assert line in refused(drawn_config(), bayes=fields)


def test_draws_fit_into_their_register_and_come_from_it():
    assert "bayes.weight_bits must be at most 8, not 9" in refused(SMALLEST_DRAWN, bayes={"weight_bits": 9})
    line = "random.source must be 'lfsr' for method 'sampled-weights', not 'external'"
    assert line in refused(drawn_config(), random={"source": "external"})


def test_fields_are_those_of_the_method():
    own = {"weight_bits", "sampling", "generators"}
    assert not own & SMALLEST.model_dump()["bayes"].keys()
    assert own < drawn_config("read").model_dump()["bayes"].keys()
    assert drawn_config("read").hash != drawn_config("pass").hash != drawn_config("pass", 3).hash


@pytest.mark.parametrize("sampling", ["read", "pass"])
def test_files_keep_the_codes(tmp_path, sampling):
    config = drawn_config(sampling)
    program = random_program(config, np.random.default_rng(1))
    path = tmp_path / "program.npz"
    path.write_bytes(program.to_bytes())
    loaded = Program.load(path)
    assert loaded.config == config
    for mine, other in zip(program.weights, loaded.weights, strict=True):
        assert (mine == other).all()
        assert mine.max() > 1
    assert loaded.to_bytes() == program.to_bytes()


@pytest.mark.parametrize(("value", "end"), [(-1, "-1"), (32, "32")])
def test_codes_out_of_range_are_refused(value, end):
    config = drawn_config()
    program = random_program(config, np.random.default_rng(1))
    weights = [codes.copy() for codes in program.weights]
    weights[1][2, 3] = value
    with pytest.raises(InputError, match=rf"^weights_1 must be between 0 and 31, not {end}$"):
        dataclasses.replace(program, weights=tuple(weights))


def test_every_bit_of_a_code_is_at_its_address():
    """docs/numerics.md#rows-of-memory: the rows of a word line are the planes of its codes, lowest first."""
    config = drawn_config("read", 3, maps=True)
    program = random_program(config, np.random.default_rng(3))
    cells = {(row.layer, row.thresholds, row.tile, row.group, row.line): row.bits for row in program_rows(program)}
    compared, bits = 0, config.bayes.weight_bits
    for layer in config.layers:
        codes = program.weights[layer.index]
        for m, n in np.ndindex(codes.shape):
            array = n // layer.rows * layer.col_tiles + m // layer.cols
            for plane in range(bits):
                line = n % layer.rows_per_read * bits + plane
                word = cells[layer.index, False, array, n % layer.rows // layer.rows_per_read, line]
                assert word >> m % layer.cols & 1 == codes[m, n] >> plane & 1
                compared += 1
    assert compared == bits * sum(codes.size for codes in program.weights)
