"""Proofs of counting agreements at once."""

from collections.abc import Callable, Iterator, Sequence

from amaranth import Cat, Module
from amaranth.hdl import Assert, Cover

from ...lanes import AgreementCounter, Popcount
from ..bench import Bench
from ..counting import agreement, count_ones
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["counts", "proofs"]

#: Numbers of words: the smallest, both sides of each change of structure, and the largest.
_SIZES = (1, 2, 3, 7, 8, 16, 31)

#: Sizes of the tests: reads of the named configurations, and the largest that is counted at once.
_FAST = (2, 8, 31, 32)

#: Largest number of words for which two lanes take a few seconds.
_TWO_LANES = 33


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.lanes.agreement_counter.AgreementCounter`."""
    return counts("agreement_counter", AgreementCounter, _SIZES)


def counts(
    block: str, make: Callable[[int, int], AgreementCounter | Popcount], sizes: Sequence[int]
) -> Iterator[Proof]:
    """Yield the proofs that ``make(words, lanes)`` counts agreements, for each number of words."""
    for size in sizes:
        # Lanes meet nowhere, which two show as well as many; where it takes long, one has to do.
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


def _counted(m: Module, dut: AgreementCounter | Popcount, _: Internals) -> None:
    for lane in range(len(dut.words[0])):
        agreements = [agreement(word[lane], bit) for word, bit in zip(dut.words, dut.bits, strict=True)]
        count = Cat(plane[lane] for plane in dut.count)
        m.d.comb += [Assert(count == count_ones(m, agreements)), Cover(count == len(agreements))]
