"""Driver suite over native transports; cocotb_tests/test_driver.py has the simulated one."""

import random

import pytest

from cocotb_tests.benches.driver_suite import SUITE
from driver import DmaTransport, Transport

from .dma_bench import DmaBench, allocate


def native(target):
    return target.transport()


def dma(target):
    bench = DmaBench(target.transport())
    return DmaTransport(bench, bench.data, bench.logits, allocate=allocate)


@pytest.mark.parametrize("check", list(SUITE))
@pytest.mark.parametrize("transport", [native, dma])
def test_suite(target, transport, check):
    way = transport(target)
    assert isinstance(way, Transport)
    SUITE[check](way, target.program, random.Random(check))
