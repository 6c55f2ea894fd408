"""Testbench of :class:`hdl.lanes.Popcount`."""

from typing import Any

import cocotb
import torch
from cocotb.triggers import Timer

from cocotb_tests.agents.clocking import PERIOD, UNIT
from cocotb_tests.agents.lanes import from_bits, to_bits, to_lanes
from cocotb_tests.agents.parameters import Parameters
from golden.arrays import agreements

#: Words up to which every pattern is counted.
_EXHAUSTIVE = 10
_RANDOM = 60


async def _check(dut: Any, words: int, lanes: int, vectors: list[list[int]], bits: list[int]) -> int:
    """Apply bit vectors of ``words`` bits, one a lane, beside ``bits`` and return how many were counted."""
    counted = 0
    for start in range(0, len(vectors), lanes):
        used = vectors[start : start + lanes]
        dut.bits.value = from_bits(bits)
        for word in range(words):
            dut[f"words__{word}"].value = from_bits(vector[word] for vector in used)
        await Timer(PERIOD, unit=UNIT)
        applied = [to_bits(int(dut[f"words__{word}"].value), lanes) for word in range(words)]
        expected = agreements(torch.tensor([bits]), torch.tensor(applied).T)[0].tolist()
        counts = to_lanes([int(dut[f"count__{plane}"].value) for plane in range(words.bit_length())], lanes)
        assert counts == expected, f"{bits}, {applied} gave {counts}, not {expected}"
        counted += len(used)
    return counted


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def counts_every_pattern(dut: Any) -> None:
    """All patterns of few words, walking and random ones of many."""
    parameters = Parameters.load()
    words, lanes = parameters.values["words"], parameters.values["lanes"]
    if words <= _EXHAUSTIVE:
        vectors = [to_bits(pattern, words) for pattern in range(2**words)]
    else:
        ends = [0, 2**words - 1]
        walking = [1 << bit for bit in range(words)]
        vectors = [to_bits(pattern, words) for pattern in (*ends, *walking, *(~bit for bit in walking))]
    for bits in ([1] * words, [0] * words, parameters.rng("patterns").choices((0, 1), k=words)):
        assert await _check(dut, words, lanes, vectors, bits) == len(vectors)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def lanes_are_independent(dut: Any) -> None:
    """Random patterns in all lanes at once."""
    parameters = Parameters.load()
    words, lanes = parameters.values["words"], parameters.values["lanes"]
    rng = parameters.rng("lanes")
    vectors = [to_bits(rng.getrandbits(words), words) for _ in range(_RANDOM * lanes)]
    assert await _check(dut, words, lanes, vectors, rng.choices((0, 1), k=words)) == len(vectors)
