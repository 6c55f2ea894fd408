import random

import pytest

from driver.guard import RegisterGuard
from hdl.config import InputError
from hdl.contract import ADDRESS_WIDTH, WORD_WIDTH, Register, register_map

from .conftest import TARGETS

ACCESSES = 4000


def addresses(config):
    return [entry.address for entry in register_map(config)]


def random_value(rng):
    """Small numbers, negative ones and single bits: most registers take few others."""
    return rng.choice(
        [
            rng.randrange(8),
            2**WORD_WIDTH - 1 - rng.randrange(8),
            1 << rng.randrange(WORD_WIDTH),
            rng.randrange(2) << 16 | rng.randrange(3),
            rng.randrange(2**WORD_WIDTH),
        ]
    )


@pytest.mark.parametrize("target", [*TARGETS[:-1], pytest.param(TARGETS[-1], marks=pytest.mark.slow)], indirect=True)
def test_it_refuses_what_the_core_refuses_and_nothing_else(target):
    """Random accesses; the core itself is asked about each that the guard refuses."""
    rng, core = random.Random(1), target.transport()
    guard = RegisterGuard(core, target.config)
    known = addresses(target.config)
    refused = accepted = 0
    for _ in range(ACCESSES):
        address = rng.choice(known) if rng.random() < 0.95 else 4 * rng.randrange(2**ADDRESS_WIDTH // 4)
        value = random_value(rng)
        # Often disabled, or nothing locked would be accepted.
        if rng.random() < 0.2:
            guard.write(Register.CONTROL, int(rng.random() < 0.3))
        write = rng.random() < 0.7
        try:
            if write:
                guard.write(address, value)
            else:
                guard.read(address)
            accepted += 1
        except InputError:
            with pytest.raises(RuntimeError, match="the core refused to"):
                core.write(address, value) if write else core.read(address)
            refused += 1
    assert min(refused, accepted) > ACCESSES // 10


def test_it_names_what_is_wrong(padded):
    guard = RegisterGuard(padded.transport(), padded.config)
    most = padded.config.bayes.max_passes
    for address, value, line in (
        (0xFFC, 0, "address must be that of a register, not 0xffc"),
        (Register.STATUS, 0, "address must be that of a register that can be written, not 0xc (STATUS)"),
        (Register.SEED_LOW, -1, "SEED_LOW must be between 0 and 0xffffffff, not -1"),
        (Register.CONTROL, 2, "CONTROL must have ones only in 0x1, not 0x2"),
        (Register.PASSES, 0, f"PASSES.passes must be between 1 and {most}, not 0"),
        (Register.PASSES, 1, "PASSES must be written while the core is disabled and idle, not 0x1 now"),
    ):
        with pytest.raises(InputError) as error:
            guard.write(address, value)
        assert str(error.value) == line
    with pytest.raises(
        InputError, match=r"^address must be that of a register that can be read, not 0x34 \(COMMAND\)$"
    ):
        guard.read(Register.COMMAND)
