"""Accesses to the register port."""

from hdl.contract import Command
from hdl.testing import plain, stream_get


async def access(ctx, dut, address, *, value=None, strobe=0b1111, idle=0):
    """Write ``value``, or read where it is None, and return the answer, taken after ``idle`` cycles."""
    # Whoever reads may leave anything in the data, a command for example.
    data = Command.RESEED if value is None else value
    request = {"address": address, "write": value is not None, "data": data, "strobe": strobe}
    ctx.set(dut.request.payload, request)
    ctx.set(dut.request.valid, 1)
    answer = plain(await stream_get(ctx, dut.answer, idle=idle))
    ctx.set(dut.request.valid, 0)
    return answer


async def read(ctx, dut, address):
    """Read a register that can be read."""
    answer = await access(ctx, dut, address)
    assert not answer["error"], f"reading {address:#x}"
    return answer["data"]


async def write(ctx, dut, address, value):
    """Write what is allowed."""
    answer = await access(ctx, dut, address, value=value)
    assert answer == {"data": 0, "error": 0}, f"writing {value:#x} to {address:#x}"


async def refused(ctx, dut, address, value=None):
    """Make an access that must be an error."""
    answer = await access(ctx, dut, address, value=value)
    assert answer == {"data": 0, "error": 1}, f"access to {address:#x} with {value}"
