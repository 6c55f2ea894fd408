import itertools
import random

import pytest
import torch
from amaranth import signed
from amaranth.lib import data

from golden.model import predictive
from hdl.config import Measure, PredictiveFormat
from hdl.results.predictive import Predictive
from hdl.streams import index_width
from hdl.testing import StreamMonitor, sending, simulate, taking

from ...configurations import each_stall

PASSES = 9


def _format(classes, width, fraction, bits, entropy, difference=6):
    return PredictiveFormat(
        classes=classes,
        logit_width=width,
        fraction=fraction,
        probability_bits=bits,
        entropy_bits=entropy,
        difference_bits=difference,
    )


#: The smallest; an odd number of classes and of bits; differences that are rounded; as in the named configurations.
FORMATS = (_format(2, 4, 0, 4, 4), _format(5, 8, 3, 7, 9), _format(3, 9, 6, 8, 5, 2), _format(10, 12, 6, 12, 12))

each_format = pytest.mark.parametrize("measures", FORMATS, ids=lambda m: f"{m.classes}x{m.probability_bits}")


def layout(measures, weight):
    members = {"value": signed(measures.logit_width), "index": index_width(measures.classes), "last": 1}
    return data.StructLayout(members | ({"weight": weight} if weight else {}))


def random_inputs(rng, measures, weight, passes=PASSES):
    """Return logits [input][pass][class] and weights [input][pass]: sure and unsure, ties, extremes, one pass."""
    ends = -(2 ** (measures.logit_width - 1)), 2 ** (measures.logit_width - 1) - 1
    near = 2**measures.fraction * 2
    kinds = [
        lambda: rng.randint(*ends),
        lambda: rng.choice(ends),
        lambda: 0,
        lambda: max(ends[0], min(ends[1], rng.randint(-near, near))),
        lambda: rng.choice((-1, 0)),
    ]
    inputs, weights = [], []
    for number in range(2 * len(kinds)):
        count = (1, passes, rng.randint(1, passes))[number % 3]
        inputs.append([[kinds[number // 2]() for _ in range(measures.classes)] for _ in range(count)])
        counts = [rng.choice((0, 1, 2**weight - 1, rng.randrange(2**weight))) if weight else 1 for _ in range(count)]
        weights.append([*counts[:-1], max(1, counts[-1])])
    return inputs, weights


def as_payloads(inputs, weights, weighted):
    return [
        {
            "value": value,
            "index": index,
            "last": int(number == len(passes) - 1),
            **({"weight": weight} if weighted else {}),
        }
        for passes, each in zip(inputs, weights, strict=True)
        for number, (logits, weight) in enumerate(zip(passes, each, strict=True))
        for index, value in enumerate(logits)
    ]


def expected_beats(inputs, weights, measures, measure, threshold):
    beats = []
    for passes, each in zip(inputs, weights, strict=True):
        found = predictive(torch.tensor([passes]), measures, weights=torch.tensor([each]))
        common = {
            "predictive_entropy": int(found.predictive_entropy),
            "expected_entropy": int(found.expected_entropy),
            "mutual_information": int(found.mutual_information),
            "unknown": int(found.unknown(measure, threshold)),
        }
        beats += [{"probability": p, **common} for p in found.probability[0].tolist()]
    return beats


def check(measures, inputs, weights, *, weight=0, measure=Measure.PREDICTIVE_ENTROPY, threshold=1, stalls=(0, 0)):
    weighted = bool(weight)
    total = max(map(sum, weights)).bit_length()
    dut = Predictive(measures, layout(measures, weight), total_width=total)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    expected = expected_beats(inputs, weights, measures, measure, threshold)

    async def registers(ctx):
        ctx.set(dut.measure, measure.code)
        ctx.set(dut.threshold, threshold)

    simulate(
        dut,
        registers,
        sending(dut.i, as_payloads(inputs, weights, weighted), idle=stalls[0]),
        taking(dut.o, len(expected), idle=stalls[1]),
        background=[source.watch, out.watch],
        max_cycles=50_000,
    )
    assert out.beats == expected
    return dut, source, out


@each_format
@each_stall
@pytest.mark.parametrize("weight", [0, 3])
def test_agrees_with_golden(measures, weight, send_idle, take_idle):
    rng = random.Random(f"{measures} {weight}")
    inputs, weights = random_inputs(rng, measures, weight)
    check(measures, inputs, weights, weight=weight, stalls=(send_idle, take_idle))


@each_format
def test_follows_in_time(measures):
    """A pass every few cycles, the first result after a fixed number of them, then a class a cycle."""
    rng = random.Random(1)
    classes, passes = measures.classes, 30
    inputs, weights = ([[[rng.randint(-4, 4) for _ in range(classes)] for _ in range(passes)]], [[1] * passes])
    dut, source, out = check(measures, inputs, weights)
    starts = source.taken[::classes]
    late = starts[passes // 2 :]
    assert [after - before for before, after in itertools.pairwise(late)] == [dut.cycles] * (len(late) - 1)
    inputs, weights = [inputs[0][:1]], [[1]]
    dut, source, out = check(measures, inputs, weights)
    assert out.offered[0] == source.taken[-1] + dut.latency
    assert out.taken == [out.offered[0] + index for index in range(classes)]
    assert dut.cycles == max(classes, -(-measures.reciprocal_width // 2) + 1)


@each_format
def test_inputs_follow_one_another(measures):
    """Inputs of a single pass, which come faster than results can be worked out, do not wait for more than those."""
    rng = random.Random(2)
    classes, count = measures.classes, 8
    inputs = [[[rng.randint(-4, 4) for _ in range(classes)]] for _ in range(count)]
    dut, _, out = check(measures, inputs, [[1]] * count)
    starts = out.offered[::classes]
    assert [after - before for before, after in itertools.pairwise(starts)] == [dut.input_cycles] * (count - 1)


@pytest.mark.parametrize("measure", Measure)
def test_thresholds(measure):
    """Just reached, and just not; and the largest threshold raises nothing."""
    measures = FORMATS[1]
    rng = random.Random(3)
    inputs, weights = random_inputs(rng, measures, 0)
    value = int(predictive(torch.tensor([inputs[6]]), measures).measure(measure))
    for threshold in (value, value + 1, 0, 2**measures.threshold_width - 1):
        _, _, out = check(measures, inputs, weights, measure=measure, threshold=threshold)
        flags = {beat["unknown"] for beat in out.beats}
        assert flags == {0: {1}, 2**measures.threshold_width - 1: {0}}.get(threshold, {0, 1}), (measure, threshold)
