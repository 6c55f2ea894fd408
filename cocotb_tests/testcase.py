"""A cocotb test with a watchdog."""

import functools

import cocotb

__all__ = ["testcase"]

#: Milliseconds of simulated time, a hundred thousand cycles each, after which a test has failed.
_LIMIT = 2

#: Decorator of all tests that are not long on purpose.
testcase = functools.partial(cocotb.test, timeout_time=_LIMIT, timeout_unit="ms")
