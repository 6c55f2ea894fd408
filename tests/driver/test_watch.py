"""Self-tests of native cores, through the driver."""

import random

import pytest

from cocotb_tests.benches.driver_suite import self_test_is_read

from .conftest import SEED


@pytest.mark.parametrize(
    "configuration",
    ["watched", *(pytest.param(name, marks=pytest.mark.slow) for name in ("monitored", "watched_channels"))],
)
def test_each_unit_is_read(target_of, configuration):
    """One alone, registers side by side, and those of two layers."""
    target = target_of(configuration)
    self_test_is_read(target.transport(), target.program, random.Random(SEED))
