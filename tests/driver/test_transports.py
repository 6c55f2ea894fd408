"""Driver suite over native transports; cocotb_tests/test_driver.py has the simulated one."""

import itertools
import random

import pytest

from cocotb_tests.benches.driver_suite import SUITE
from driver import DmaTransport, Transport

from .conftest import TARGETS
from .dma_bench import DmaBench, allocate


def native(target):
    return target.transport()


def dma(target):
    bench = DmaBench(target.transport())
    return DmaTransport(bench, bench.data, bench.logits, allocate=allocate)


#: Takes longest where passes have weights, and is the same over both transports.
_LONG = ("prefix", native, "runs_equal_golden")


@pytest.mark.parametrize(
    ("target", "transport", "check"),
    [
        pytest.param(*each, marks=[pytest.mark.slow] if each == _LONG else [])
        for each in itertools.product(TARGETS, [native, dma], SUITE)
    ],
    indirect=["target"],
)
def test_suite(target, transport, check):
    way = transport(target)
    assert isinstance(way, Transport)
    SUITE[check](way, target.program, random.Random(check))
