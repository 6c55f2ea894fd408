"""Refusals and error reports of the driver."""

import dataclasses
import math

import numpy as np
import pytest

from driver import DmaTransport, Driver, DriverError, Inference
from driver.answers import read_answers
from driver.beats import logit_beat, pixel_beat, result_beat
from hdl.config import InputError, Measure
from hdl.contract import Register

from .dma_bench import DmaBench, allocate


class Watched:
    """A way to a core that writes down what is written."""

    def __init__(self, core):
        self._core = core
        self.writes = []

    def read(self, address):
        return self._core.read(address)

    def write(self, address, value):
        self.writes.append((address, value))
        self._core.write(address, value)


class Busy(Watched):
    """A core that an input never leaves."""

    def read(self, address):
        return super().read(address) | (address == Register.STATUS)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"passes": 0}, "passes must be an integer between 1 and 6, not 0"),
        ({"passes": 7}, "passes must be an integer between 1 and 6, not 7"),
        ({"passes": True}, "passes must be an integer between 1 and 6, not True"),
        ({"passes": 2.0}, "passes must be an integer between 1 and 6, not 2.0"),
        ({"codes": [1]}, "codes must be 2 integers, not 1"),
        ({"codes": [1, 32]}, "codes[1] must be an integer between 0 and 31, not 32"),
        ({"seed": 0}, f"seed must be an integer between 1 and {2**19 - 1}, not 0"),
        ({"logits": 1}, "logits must be True or False, not 1"),
        ({"exact": 0}, "exact must be True or False, not 0"),
        ({"exact": True, "passes": 1}, "exact must be False where bayes.order is 'plain', not True"),
        ({"passes": 1, "seed": 2**19}, f"seed must be an integer between 1 and {2**19 - 1}, not {2**19}"),
    ],
)
def test_bad_values_change_nothing(padded, arguments, line):
    watched = Watched(padded.transport())
    driver = Driver(watched, padded.config)
    with pytest.raises(InputError) as error:
        driver.configure(**arguments)
    assert str(error.value) == line
    assert watched.writes == []


@pytest.mark.parametrize(
    ("pixels", "line"),
    [
        ([[0] * 16], "pixels must have shape (n, 17), not (1, 16)"),
        ([0] * 17, "pixels must have shape (n, 17), not (17,)"),
        ([[0] * 17, [0] * 16], "pixels must have shape (n, 17), not rows of several lengths"),
        ([[0.5] * 17], "pixels must be integers, not float64"),
        ([[0] * 16 + [8]], "pixels must be between 0 and 7, not 8"),
        ([[0] * 16 + [-1]], "pixels must be between 0 and 7, not -1"),
    ],
)
def test_bad_pixels_are_refused(padded, pixels, line):
    with pytest.raises(InputError) as error:
        Driver(padded.transport(), padded.config).run(pixels)
    assert str(error.value) == line


def test_registers_alone_do_for_all_but_inputs(padded):
    driver = Driver(Watched(padded.transport()), padded.config)
    driver.load(padded.program)
    assert driver.verify(padded.program) == []
    with pytest.raises(InputError, match=r"^transport must be one with streams to run inputs, not Watched$"):
        driver.run(np.zeros((1, padded.config.network.inputs), dtype=int))


def test_a_program_of_another_core_is_refused(padded, target_of):
    driver = Driver(padded.transport(), padded.config)
    for attempt in (driver.load, driver.verify):
        with pytest.raises(InputError, match=r"^program must be for configuration [0-9a-f]{12}…, not [0-9a-f]{12}…$"):
            attempt(target_of("smallest").program)


def test_a_core_that_stays_busy_is_given_up_and_left_as_it_was(padded):
    driver = Driver(Busy(padded.transport()), padded.config, polls=3)
    line = r"^the core must be idle within 3 reads of STATUS, not busy: take its results$"
    for attempt in (lambda: driver.configure(passes=1), lambda: driver.load(padded.program), driver.clear_counters):
        with pytest.raises(DriverError, match=line):
            attempt()
    assert driver.status().enabled


def test_errors_are_named_until_they_are_cleared(padded):
    core = padded.transport()
    driver = Driver(core, padded.config)
    with pytest.raises(RuntimeError, match="the core refused to write"):
        core.write(Register.PASSES, 0)
    assert driver.errors() == {"refused"}
    driver.clear_errors()
    assert driver.errors() == frozenset()


def test_logits_without_an_engine_are_refused(padded):
    bench = DmaBench(padded.transport())
    driver = Driver(DmaTransport(bench, bench.data, allocate=allocate), padded.config)
    pixels = np.ones((2, padded.config.network.inputs), dtype=int)
    driver.run(pixels)
    assert bench.transfers == len(pixels)
    driver.configure(logits=True)
    with pytest.raises(
        InputError, match=r"^logits must be off \(configure\(logits=False\)\) where no engine takes them"
    ):
        driver.run(pixels)
    assert bench.transfers == len(pixels)


def test_lost_beats_are_found(padded):
    """Answers of a real run, of which some are missing or in another order."""
    config, core = padded.config, padded.transport()
    Driver(core, config).configure(logits=True)
    classes, passes = config.network.classes, config.bayes.passes
    octets = result_beat(config).octets, logit_beat(config).octets
    packet = bytes(config.beats_per_input)
    results, logits = core.exchange([packet], classes * octets[0], passes * classes * octets[1])
    read = {"config": config, "count": 1, "passes": passes, "sent": passes, "total": passes}
    assert isinstance(read_answers(**read, results=results, logits=logits), Inference)
    for given, line in (
        ((results[: -octets[0]], logits), f"results must be {len(results)} bytes, not {len(results) - octets[0]}"),
        ((results, logits + bytes(1)), f"logits must be {len(logits)} bytes, not {len(logits) + 1}"),
        ((results[octets[0] :] + results[: octets[0]], logits), "class of a result must be that of its place"),
        ((results, logits[octets[1] :] + logits[: octets[1]]), "class of a logit must be that of its place"),
    ):
        with pytest.raises(DriverError) as error:
            read_answers(**read, results=given[0], logits=given[1])
        assert str(error.value).startswith(line)


def test_uncertainty_is_what_its_definition_says():
    rng = np.random.default_rng(1)
    logits = rng.integers(-(2**30), 2**30, (4, 8, 3))
    logits[0] = [5, 7, 6]
    votes = np.stack([(logits.argmax(axis=2) == c).sum(axis=1) for c in range(3)], axis=1)
    inference = Inference(
        passes=8,
        total=8,
        fraction=4,
        sums=logits.sum(axis=1),
        squares=(logits**2).sum(axis=1),
        votes=votes,
        winner=logits.sum(axis=1).argmax(axis=1),
        logits=logits,
    )
    real, share = logits / 2**4, votes / 8
    np.testing.assert_allclose(inference.mean, real.mean(axis=1))
    np.testing.assert_allclose(inference.variance, real.var(axis=1), rtol=1e-12)
    np.testing.assert_allclose(inference.vote_share, share)
    expected = [-sum(s * np.log(s) for s in row if s) for row in share]
    np.testing.assert_allclose(inference.vote_entropy, expected, atol=1e-15)
    assert (inference.agree == (share == 1).any(axis=1)).all()
    assert inference.agree[0]
    assert not dataclasses.replace(inference, votes=votes - (votes > 7)).agree[0]


def test_a_weight_is_that_many_passes():
    """Weighted statistics equal those of passes repeated by their weights."""
    rng = np.random.default_rng(2)
    logits, weights = rng.integers(-(2**10), 2**10, (4, 3, 5)), np.array([1, 12, 3])
    every = np.repeat(logits, weights, axis=1)
    votes = np.stack([(every.argmax(axis=2) == c).sum(axis=1) for c in range(5)], axis=1)
    statistics = {
        "total": 16,
        "fraction": 4,
        "sums": every.sum(axis=1),
        "squares": (every**2).sum(axis=1),
        "votes": votes,
        "winner": every.sum(axis=1).argmax(axis=1),
    }
    weighted = Inference(passes=3, logits=logits, weights=np.tile(weights, (4, 1)), **statistics)
    np.testing.assert_allclose(weighted.mean, (every / 16).mean(axis=1))
    np.testing.assert_allclose(weighted.variance, (every / 16).var(axis=1), rtol=1e-12)
    np.testing.assert_allclose(weighted.vote_share, votes / 16)
    assert (weighted.agree == (votes == 16).any(axis=1)).all()


MEASURE = Measure.EXPECTED_ENTROPY


@pytest.mark.parametrize(
    ("unknown", "line"),
    [
        (MEASURE, f"unknown must be a hdl.config.Measure and a threshold, not {MEASURE!r}"),
        (("entropy", 1), "unknown must be a hdl.config.Measure and a threshold, not ('entropy', 1)"),
        ((MEASURE, -0.5), "threshold must be a number of at least 0, or None, not -0.5"),
        ((MEASURE, math.nan), "threshold must be a number of at least 0, or None, not nan"),
        ((MEASURE, "1"), "threshold must be a number of at least 0, or None, not '1'"),
    ],
)
def test_bad_thresholds_change_nothing(target_of, unknown, line):
    target = target_of("predictive")
    watched = Watched(target.transport())
    driver = Driver(watched, target.config)
    with pytest.raises(InputError) as error:
        driver.configure(unknown=unknown)
    assert str(error.value) == line
    assert watched.writes == []


def test_measures_of_another_input_are_found(target_of):
    target = target_of("predictive")
    config, beat = target.config, result_beat(target.config)
    packet = bytes(config.beats_per_input * pixel_beat(config).octets)
    results, _ = target.transport().exchange([packet], config.network.classes * beat.octets, 0)
    read = {"config": config, "count": 1, "passes": config.bayes.passes, "sent": 0, "logits": b""}
    read["total"] = config.bayes.passes
    assert read_answers(**read, results=results).predictive is not None
    (field,) = (field for field in beat.fields if field.name == "unknown")
    # Of the second class, whose members are compared with the first's.
    wrong = bytearray(results)
    wrong[beat.octets + field.offset // 8] ^= 1 << field.offset % 8
    line = r"^unknown of a result must be that of its place, not another: beats were lost$"
    with pytest.raises(DriverError, match=line):
        read_answers(**read, results=bytes(wrong))
