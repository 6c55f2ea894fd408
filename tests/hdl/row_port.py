"""Row commands to a block, and all its addresses."""

import itertools

from hdl.streams import RowAddress
from hdl.testing import plain, stream_get


async def row_command(ctx, dut, address, *, row=None, idle=0):
    """Program ``row``, or read where it is None, and return the reply, taken after ``idle`` cycles."""
    ctx.set(dut.command.payload, {"address": address, "write": row is not None, "row": row or 0})
    ctx.set(dut.command.valid, 1)
    reply = plain(await stream_get(ctx, dut.reply, idle=idle))
    ctx.set(dut.command.valid, 0)
    return reply


def every_address(config):
    """Return every value of the members that say where in a block a row is, existing or not."""
    layout = RowAddress(config)
    names = ("tile", "group", "line")
    values = itertools.product(*(range(1 << layout[name].width) for name in names))
    return [dict(zip(names, place, strict=True)) for place in values]
