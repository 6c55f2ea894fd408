"""A cocotb test with a watchdog."""

from collections.abc import Callable
from typing import Any

import cocotb

__all__ = ["testcase"]

#: Milliseconds of simulated time, a hundred thousand cycles, after which a test has failed.
_LIMIT = 1


def testcase() -> Callable[[Any], Any]:
    """Return the decorator of a test that is not long on purpose."""
    return cocotb.test(timeout_time=_LIMIT, timeout_unit="ms")
