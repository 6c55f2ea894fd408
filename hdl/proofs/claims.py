"""Building blocks of claims."""

from typing import Any

from amaranth import Module, Mux, Signal, Value
from amaranth.asserts import AnyConst
from amaranth.hdl import Assert, Assume, ValueLike

__all__ = ["any_constant", "assume_kept", "claim_kept", "counted", "implies", "past", "transferred"]


def implies(condition: ValueLike, consequence: ValueLike) -> Value:
    """Return whether ``consequence`` holds or ``condition`` does not; both are single bits."""
    return ~Value.cast(condition).bool() | Value.cast(consequence).bool()


def past(m: Module, value: ValueLike, *, init: int = 0) -> Signal:
    """Return ``value`` of one cycle ago, and ``init`` after a reset."""
    value = Value.cast(value)
    kept = Signal(value.shape(), init=init, name="past")
    m.d.sync += kept.eq(value)
    return kept


def any_constant(m: Module, shape: Any, limit: int | None = None) -> Signal:
    """Return an arbitrary constant below ``limit``.

    A claim about it is a claim about every such number.
    """
    constant = Signal(shape, name="any_constant")
    m.d.comb += constant.eq(AnyConst(shape))
    if limit is not None:
        m.d.comb += Assume(constant < limit)
    return constant


def transferred(stream: Any) -> Value:
    """Return whether a beat is taken in this cycle."""
    return stream.valid & stream.ready


def counted(m: Module, event: ValueLike, shape: Any, *, clear: ValueLike = 0) -> Signal:
    """Return the number of cycles with ``event`` before this one and after ``clear``, which wins."""
    count = Signal(shape, name="counted")
    m.d.sync += count.eq(Mux(Value.cast(clear).bool(), 0, count + Value.cast(event).bool()))
    return count


def _kept(m: Module, stream: Any) -> Value:
    """Return whether a beat that waited in the previous cycle is unchanged."""
    waiting = past(m, stream.valid & ~stream.ready)
    payload = Value.cast(stream.payload)
    return implies(waiting, stream.valid & (payload == past(m, payload)))


def claim_kept(m: Module, stream: Any, *, withdrawn: ValueLike = 0) -> None:
    """Claim that a stream keeps valid and payload until the beat is taken, or ``withdrawn`` in the previous cycle."""
    m.d.comb += Assert(_kept(m, stream) | past(m, Value.cast(withdrawn).bool()))


def assume_kept(m: Module, stream: Any) -> None:
    """Assume that the source of a stream keeps valid and payload until the beat is taken."""
    m.d.comb += Assume(_kept(m, stream))
