"""Fixtures of the cocotb tests."""

import os

import pytest

from cocotb_tests.runner.simulators import SIMULATORS, Simulator, find_simulator
from hdl.config import InputError

#: Seed of all tests; BAYESCIM_SEED sets another.
_SEED = 1


@pytest.fixture(params=list(SIMULATORS))
def simulator(request: pytest.FixtureRequest) -> Simulator:
    """Return each simulator in turn. Only Icarus may be missing, and then the skip says how to install it."""
    try:
        return find_simulator(request.param)
    except InputError as error:
        if request.param != "icarus":
            raise
        pytest.skip(str(error))


@pytest.fixture
def seed() -> int:
    """Return the seed of everything random, which a failing test shows."""
    value = int(os.environ.get("BAYESCIM_SEED", _SEED))
    print(f"BAYESCIM_SEED={value}")
    return value
