import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.data import random_config, random_program
from golden.draws import draws, kept, masks, states_after
from hdl.config import InputError

from ..reference import Register, mask_bits

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(0, 5), st.integers(1, 7), st.integers(0, 20), st.integers(1, 4))
def test_agrees_with_the_registers(seed, inputs, passes, first_pass, units):
    rng = np.random.default_rng(seed)
    config = random_config(rng, random={"units": units})
    codes = rng.integers(0, 2**config.random.draw_bits, config.stochastic.mask_width)
    arguments = (config, codes.tolist(), config.random.seed, inputs, passes, first_pass)
    bits = masks(config, codes, config.random.seed, inputs, passes=passes, first_pass=first_pass)
    assert bits.dtype == torch.uint8
    assert bits.shape == (inputs, passes, config.stochastic.mask_width)
    if config.bayes.method == "none":
        assert not bits.numel()
    else:
        assert bits.tolist() == mask_bits(*arguments)


@given(seeds, st.integers(1, 5), st.integers(1, 7), st.integers(1, 4))
def test_any_pass_alone(seed, inputs, passes, units):
    rng = np.random.default_rng(seed)
    config = random_config(rng, bayes={"method": "scale-dropout"}, random={"units": units})
    arguments = (config, config.stochastic.drop_codes, config.random.seed)
    bits = masks(*arguments, inputs, passes=passes)
    for i in range(inputs):
        for t in range(passes):
            alone = masks(*arguments, 1, passes=1, first_pass=i * passes + t)
            assert alone.tolist() == [[bits[i, t].tolist()]]


@pytest.mark.parametrize("code", [0, 1, 2, 51, 128, 255])
def test_code_is_the_probability_over_all_states(code):
    rng = np.random.default_rng(code)
    # 8 and 2^16 − 1 have no common divisor, so draws visit all states.
    config = random_config(
        rng, network={"hidden": [2]}, bayes={"method": "scale-dropout"}, random={"lfsr_width": 16, "draw_bits": 8}
    )
    bits = masks(config, [code], 1, 2**16 - 1, passes=1)
    # Of 2^16 states code · 2^8 drop; the state 0, which would be among them, does not occur.
    assert int((bits == 0).sum()) == max(code * 2**8 - 1, 0)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"codes": [1]}, r"codes must have shape \(2\), not \(1,\)"),
        ({"codes": [1, 16]}, r"codes must be between 0 and 15, not 16"),
        ({"codes": [0.5, 1.0]}, r"codes must hold integers, not torch.float32"),
        ({"seed": 0}, r"seed must be an integer between 1 and 65535, not 0"),
        ({"inputs": -1}, r"inputs must be an integer of at least 0, not -1"),
        ({"passes": 0}, r"passes must be an integer of at least 1, not 0"),
        ({"first_pass": -1}, r"first_pass must be an integer of at least 0, not -1"),
    ],
)
def test_bad_input(change, line):
    config = random_config(
        np.random.default_rng(0),
        network={"hidden": [2, 2]},
        bayes={"method": "scale-dropout"},
        random={"lfsr_width": 16, "draw_bits": 4},
    )
    arguments = {"codes": [1, 2], "seed": 1, "inputs": 1, "passes": 1} | change
    with pytest.raises(InputError, match=f"^{line}$"):
        masks(config, **arguments)


@given(seeds, st.integers(1, 5), st.integers(1, 7))
def test_bits_of_given_draws(seed, inputs, passes):
    """Those of the unit's own draws are its masks; others are compared one by one."""
    rng = np.random.default_rng(seed)
    config = random_config(rng, bayes={"method": "scale-dropout"})
    highest = 2**config.random.draw_bits
    codes = rng.integers(0, highest, config.stochastic.mask_width)
    own = draws(config, config.random.seed, inputs, passes=passes, first_pass=3)
    expected = masks(config, codes, config.random.seed, inputs, passes=passes, first_pass=3)
    assert torch.equal(kept(config, codes, own), expected)
    others = rng.integers(0, highest, (inputs, passes, config.stochastic.mask_width))
    assert np.array_equal(kept(config, codes, others).numpy(), others >= codes)


def test_given_draws_of_another_shape():
    config = random_config(np.random.default_rng(0), network={"hidden": [2, 2]}, bayes={"method": "scale-dropout"})
    with pytest.raises(InputError, match=r"^draws must have shape \(any, any, 2\), not \(1, 2, 3\)$"):
        kept(config, [0, 0], np.zeros((1, 2, 3), dtype=int))


@pytest.mark.parametrize("units", [2, 3])
def test_states_begin_the_next_pass(units):
    """Loaded as seeds they go on where the passes end."""
    config = random_config(
        np.random.default_rng(1),
        network={"hidden": [2] * 5},
        bayes={"method": "scale-dropout"},
        random={"units": units},
    )
    program = random_program(config, np.random.default_rng(2))
    after = states_after(program, 7)
    assert len(after) == units
    registers = [Register(config.random, state) for state in config.stochastic.seeds(program.seed)]
    for register, state in zip(registers, after, strict=True):
        for _ in range(7 * config.stochastic.mask_steps):
            register.draw()
        assert register.state == state
