"""Proofs of counting agreements."""

from collections.abc import Callable, Iterator

from amaranth import Cat, Module
from amaranth.hdl import Assert, Cover
from amaranth.lib import wiring

from ...lanes.agreement_counter import AgreementCounter
from ...lanes.popcount import Popcount
from ..bench import Bench
from ..counting import agreement, count_ones
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["counter_proofs", "proofs"]

#: Numbers of words: the smallest, both sides of each change of structure, those of named configurations.
_SIZES = (1, 2, 3, 7, 8, 16, 31, 32, 33, 48, 64)

#: Sizes in the tests: the reads of the named configurations, and the largest number for one counter.
_FAST = (2, 8, 31, 32)

#: Largest number of words for which two lanes take a few seconds.
_TWO_LANES = 33

#: Largest number of words for one counter.
_COUNTER = 31


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.lanes.Popcount`."""
    return _proofs("popcount", Popcount, max(_SIZES))


def counter_proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.lanes.AgreementCounter`."""
    return _proofs("agreement_counter", AgreementCounter, _COUNTER)


def _proofs(block: str, make: Callable[[int, int], wiring.Component], largest: int) -> Iterator[Proof]:
    for size in _SIZES:
        if size > largest:
            continue
        # Lanes are independent: two are as good as many; where a proof takes long, one must do.
        lanes = 2 if size <= _TWO_LANES else 1
        yield Proof(
            block=block,
            name=f"words_{size}",
            claim="the count of each lane is the number of its words that agree with their bit",
            sizes=f"{size} {'word' if size == 1 else 'words'}, {lanes} {'lane' if lanes == 1 else 'lanes'}",
            method=Method.EQUIVALENCE,
            bench=lambda size=size, lanes=lanes: Bench(make(size, lanes), _counted),  # type: ignore[misc]
            fast=size in _FAST,
        )


def _counted(m: Module, dut: Popcount | AgreementCounter, _: Internals) -> None:
    for lane in range(len(dut.words[0])):
        agreements = [agreement(word[lane], bit) for word, bit in zip(dut.words, dut.bits, strict=True)]
        count = Cat(plane[lane] for plane in dut.count)
        m.d.comb += [Assert(count == count_ones(m, agreements)), Cover(count == len(agreements))]
