"""Checks of the driver over every transport.

Results are compared with golden. Each check gets a transport to a core that was just reset and holds ``program``,
which it still holds afterwards.
"""

import dataclasses
import functools
import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from torch import Tensor

from driver import Driver, DriverError, Inference, Transport
from golden.data import random_program
from golden.draws import watch_units, watched_draws
from golden.model import core_model, results, statistics, weighted_logits
from hdl.config import CoreConfig, InputError, Measure
from hdl.contract import Program, Register, Row, program_rows, row_words

__all__ = ["SUITE"]

#: More than a core holds at a time.
_INPUTS = 5


class _FaultyWire:
    """Transport with one wrong bit in one access.

    The core itself is right.

    Parameters
    ----------
    transport
        The transport.
    register
        Register of the access.
    access
        How many accesses of that register there are before it.
    """

    def __init__(self, transport: Transport, register: Register, access: int = 0):
        self._transport = transport
        self._register = register
        self._before = access

    def read(self, address: int) -> int:
        return self._transport.read(address) ^ self._fault(address)

    def write(self, address: int, value: int) -> None:
        self._transport.write(address, value ^ self._fault(address))

    def exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        return self._transport.exchange(packets, result_bytes, logit_bytes)

    def _fault(self, address: int) -> int:
        if address != self._register:
            return 0
        self._before -= 1
        return int(self._before == -1)


class _Comparison:
    """Driver whose answers are compared with golden.

    The comparison follows the random sequence, draw by draw.
    """

    def __init__(self, transport: Transport, program: Program, rng: random.Random):
        self.driver = Driver(transport, program.config)
        self.expect(program)
        self.passes = program.config.bayes.passes
        self.unknown: tuple[Measure, int] | None = None
        """Measure and threshold of "don't know", if not those after reset."""
        self.exact = False
        self._rng = np.random.default_rng(rng.getrandbits(32))

    def expect(self, program: Program) -> None:
        """Expect the results of ``program``, from its seed on."""
        self.program = program
        self._passes_done = 0

    def want_logits(self) -> bool:
        """Switch the stream of logits on, where their number is known before; return whether it is on."""
        known = not self.program.config.passes_weighted or self.exact
        self.driver.configure(logits=known)
        return known

    def run(self, *, logits: bool, inputs: int = _INPUTS) -> None:
        """Run some inputs and compare all that comes."""
        config = self.program.config
        pixels = self._rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))
        expected, weights = weighted_logits(
            core_model(self.program), pixels, passes=self.passes, exact=self.exact, first_pass=self._passes_done
        )
        summary = statistics(expected, weights)
        given = self.driver.run(pixels)
        assert (given.weights is not None) == (self.exact and logits)
        if weights is not None and self.exact:
            assert (weights == weights[:1]).all()
            occurring = (weights > 0).any(dim=0)
            expected, weights = expected[:, occurring], weights[:, occurring]
            assert given.total == config.exact_weight_total
            if given.weights is not None:
                np.testing.assert_array_equal(given.weights, weights.numpy(), strict=True)
        else:
            assert given.passes == given.total == self.passes
        assert (given.logits is not None) == logits
        if given.logits is not None:
            np.testing.assert_array_equal(given.logits, expected.numpy(), strict=True)
        np.testing.assert_array_equal(given.sums, summary.sums.numpy(), strict=True)
        np.testing.assert_array_equal(given.squares, summary.squares.numpy(), strict=True)
        np.testing.assert_array_equal(given.votes, summary.votes.numpy(), strict=True)
        np.testing.assert_array_equal(given.winner, summary.winner.numpy(), strict=True)
        self._compare_predictive(given, expected, weights)
        self._passes_done += 0 if self.exact else inputs * self.passes
        assert not self.driver.errors()

    def _compare_predictive(self, given: Inference, logits: Tensor, weights: Tensor | None) -> None:
        measures = self.program.config.measures
        assert (given.predictive is None) == (measures is None)
        if given.predictive is None or measures is None:
            return
        expected = results(logits, self.program.config, weights=weights, unknown=self.unknown)
        scale = 2.0**measures.probability_bits
        np.testing.assert_array_equal(given.predictive.probability * scale, expected["probability"].numpy())
        for name in ("predictive_entropy", "expected_entropy", "mutual_information"):
            scaled = getattr(given.predictive, name) * 2.0**measures.entropy_bits
            np.testing.assert_array_equal(scaled, expected[name][:, 0].numpy())
        np.testing.assert_array_equal(given.predictive.unknown, expected["unknown"][:, 0].numpy() == 1, strict=True)
        error = (1 - given.predictive.error_probability) * scale
        np.testing.assert_array_equal(error, expected["probability"].numpy().max(axis=1, initial=0))


def runs_equal_golden(transport: Transport, program: Program, rng: random.Random) -> None:
    """Logits of every pass and all statistics, the random sequence going on from run to run."""
    comparison = _Comparison(transport, program, rng)
    logits = comparison.want_logits()
    for inputs in (_INPUTS, 1, 0, 2):
        comparison.run(logits=logits, inputs=inputs)


def logits_are_off(transport: Transport, program: Program, rng: random.Random) -> None:
    """After reset, and after they were on, nobody has to take logits."""
    comparison = _Comparison(transport, program, rng)
    comparison.run(logits=False)
    comparison.run(logits=comparison.want_logits(), inputs=1)
    comparison.driver.configure(logits=False)
    comparison.run(logits=False)


def passes_are_changed(transport: Transport, program: Program, rng: random.Random) -> None:
    """The random sequence goes on."""
    comparison = _Comparison(transport, program, rng)
    highest = program.config.bayes.max_passes
    logits = comparison.want_logits()
    for passes in (highest, 1, rng.randint(1, highest)):
        comparison.driver.configure(passes=passes)
        comparison.passes = passes
        comparison.run(logits=logits)


def seed_and_codes_are_changed(transport: Transport, program: Program, rng: random.Random) -> None:
    """Another sequence, and other probabilities in it."""
    comparison = _Comparison(transport, program, rng)
    random_bits = program.config.random
    logits = comparison.want_logits()
    for seed in (1, 2**random_bits.lfsr_width - 1, rng.randrange(1, 2**random_bits.lfsr_width)):
        codes = [rng.randrange(2**random_bits.draw_bits) for _ in program.codes]
        comparison.driver.configure(seed=seed, codes=codes)
        comparison.expect(dataclasses.replace(program, seed=seed, codes=np.array(codes, dtype=np.int64)))
        comparison.run(logits=logits)


def the_exact_mode_is_switched(transport: Transport, program: Program, rng: random.Random) -> None:
    """Where passes have weights; masks that cannot occur do not come. Elsewhere it is refused."""
    comparison = _Comparison(transport, program, rng)
    driver, config = comparison.driver, program.config
    if not config.passes_weighted:
        refused = _refusal(functools.partial(driver.configure, exact=True))
        assert refused == "exact must be False where bayes.order is 'plain', not True"
        comparison.run(logits=False)
        return
    comparison.run(logits=False)
    driver.configure(exact=True)
    comparison.exact = True
    comparison.run(logits=False)
    assert comparison.want_logits()
    highest = 2**config.random.draw_bits - 1
    codes: list[int] = program.codes.tolist()
    for changed in (codes, [highest] * len(codes), [0] * len(codes), [rng.choice((0, 1, highest)) for _ in codes]):
        driver.configure(codes=changed)
        comparison.program = dataclasses.replace(program, codes=np.array(changed, dtype=np.int64))
        comparison.run(logits=True, inputs=2)
    driver.configure(exact=False, codes=codes)
    comparison.program, comparison.exact = program, False
    refused = _refusal(functools.partial(driver.run, np.zeros((1, config.network.inputs), dtype=int)))
    assert refused == "logits must be off (configure(logits=False)) where masks are drawn and counted, not on"
    driver.configure(logits=False)
    comparison.run(logits=False)


def unknown_is_chosen(transport: Transport, program: Program, rng: random.Random) -> None:
    """Each measure, with a threshold in nats or a probability, and none; a core without probabilities is not asked."""
    comparison, measures = _Comparison(transport, program, rng), program.config.measures
    if measures is None:
        line = _failure(functools.partial(comparison.driver.configure, unknown=(Measure.MUTUAL_INFORMATION, None)))
        assert line.startswith("unknown must be omitted for a core without predictive probabilities")
        return
    for measure in Measure:
        for threshold in (0.0, rng.random(), None):
            comparison.driver.configure(unknown=(measure, threshold))
            comparison.unknown = (measure, measures.threshold(measure, threshold))
            comparison.run(logits=False, inputs=2)


def counters_count(transport: Transport, program: Program, rng: random.Random) -> None:
    """Inputs and cycles, until they are cleared."""
    comparison = _Comparison(transport, program, rng)
    driver = comparison.driver
    assert (driver.inputs(), driver.cycles()) == (0, 0)
    comparison.run(logits=False)
    assert driver.inputs() == _INPUTS
    # Every pixel beat and every result beat is a cycle, at the least.
    assert driver.cycles() >= program.config.beats_per_input + _INPUTS * program.config.network.classes
    assert driver.status().enabled
    assert not driver.status().busy
    driver.clear_counters()
    assert (driver.inputs(), driver.cycles()) == (0, 0)
    comparison.run(logits=False, inputs=1)
    assert driver.inputs() == 1


def events_are_flagged(transport: Transport, program: Program, rng: random.Random) -> None:
    """Inputs that are done, errors and alarms, each cleared alone; whatever a core does not have is refused."""
    comparison = _Comparison(transport, program, rng)
    driver, some = comparison.driver, program.config.self_test is not None
    events = ("error", "done", *(("alarm",) if some else ()))
    driver.clear_interrupts()
    assert driver.interrupts() == frozenset()
    driver.enable_interrupts(*events)
    comparison.run(logits=False, inputs=1)
    assert driver.interrupts() - {"alarm"} == {"done"}
    driver.clear_interrupts(*(event for event in events if event != "done"))
    assert driver.interrupts() == {"done"}
    driver.clear_interrupts("done")
    assert driver.interrupts() == frozenset()
    # A row that does not verify.
    weights = [each.copy() for each in program.weights]
    weights[-1][0, 0] ^= 1
    assert len(driver.verify(dataclasses.replace(program, weights=tuple(weights)))) == 1
    assert driver.interrupts() == {"error"}
    driver.clear_interrupts()
    driver.enable_interrupts()
    for attempt in (driver.enable_interrupts, driver.clear_interrupts):
        for wrong in ("full", "", *(() if some else ("alarm",))):
            line = _refusal(functools.partial(attempt, "done", wrong))
            assert line == f"events must be of {', '.join(events)}, not {wrong!r}"


def self_test_is_read(transport: Transport, program: Program, rng: random.Random) -> None:
    """Of each unit: of all draws, then of those of one bit with other limits; a core without one refuses it."""
    comparison, config = _Comparison(transport, program, rng), program.config
    driver = comparison.driver
    if config.self_test is None:
        for attempt in (driver.self_test, driver.alarms, driver.watch):
            assert _failure(attempt) == "config must have a section self_test, not None"
        comparison.run(logits=False)
        return
    passes = config.bayes.max_passes
    driver.configure(passes=passes)
    comparison.passes = passes
    tight = config.self_test.model_copy(update={"bound": 0, "drop_run": 2, "keep_run": 2})
    alarms: tuple[int, ...] = ()
    done = compared = 0
    last = config.stochastic.mask_width - 1
    for limits, bit in ((config.self_test, None), (tight, last if config.stochastic.mask_width else None)):
        assert driver.watch(limits, bit=bit) == alarms
        comparison.run(logits=False)
        drawn = watched_draws(program, _INPUTS, passes=passes, first_pass=done)
        done += _INPUTS * passes
        records = watch_units(config, program.codes, drawn, limits=limits, select=0 if bit is None else bit + 1)
        for unit, record in enumerate(records):
            found = driver.self_test(unit)
            drops, deviation = (values[-1] if len(values) else 0 for values in (record.drops, record.deviations))
            assert (found.unit, found.draws, found.drops) == (unit, record.draws, drops)
            assert found.complete == bool(record.complete[-1])
            assert (found.stuck, found.out_of_bounds) == (record.stuck[-1], record.out_of_bounds[-1])
            assert found.alarm == bool(record.stuck[-1] or record.out_of_bounds[-1])
            assert found.p == drops / limits.window
            assert found.deviation == deviation / (limits.window << config.random.draw_bits)
            compared += found.complete
        alarms = tuple(unit for unit, each in enumerate(records) if each.stuck[-1] or each.out_of_bounds[-1])
        assert driver.alarms() == alarms
    # Every unit had full windows, and in those of one bit the unit that draws it.
    units = len(config.stochastic.watched)
    assert compared == units + (1 if config.stochastic.mask_width else units)
    assert driver.self_test(units - 1).stuck
    assert units - 1 in driver.alarms()
    driver.clear_counters()
    assert driver.self_test(units - 1).draws == 0
    assert driver.alarms() == ()
    refused = _refusal(functools.partial(driver.self_test, units))
    assert refused == f"unit must be an integer between 0 and {units - 1}, not {units}"
    other = tight.model_copy(update={"window_bits": tight.window_bits + 1})
    failure = _failure(functools.partial(driver.watch, other))
    assert failure == f"limits must be for windows of {tight.window} draws, not {2 * tight.window}"


def another_core_is_refused(transport: Transport, program: Program, rng: random.Random) -> None:
    """By each of the registers that tell, the first that is wrong being named."""
    config = program.config
    for register in (Register.IDENTITY, Register.VERSION, Register.CONFIG_HASH):
        faulty = _FaultyWire(transport, register)
        assert _failure(functools.partial(Driver, faulty, config)).startswith(f"{register.name} must be ")
    other = CoreConfig.model_validate({**config.model_dump(), "name": "other"})
    expected = f"CONFIG_HASH must be {int(other.hash[:8], 16):#x}, of configuration 'other', not "
    assert _failure(functools.partial(Driver, transport, other)).startswith(expected)
    _Comparison(transport, program, rng).run(logits=False)


def wrong_rows_are_found(transport: Transport, program: Program, rng: random.Random) -> None:
    """Rows that differ from a Program, and one that was not written as it should be; that load fails and names it."""
    comparison = _Comparison(transport, program, rng)
    driver, rows = comparison.driver, list(program_rows(program))
    weights, (first, *others) = [each.copy() for each in program.weights], program.neurons
    weights[-1][0, 0] ^= 1
    changed = {**first, "flips": first["flips"] ^ (np.arange(len(first["flips"])) == 0)}
    other = dataclasses.replace(program, weights=tuple(weights), neurons=(changed, *others))
    expected = [row for row, old in zip(program_rows(other), rows, strict=True) if row != old]
    assert len(expected) == 1 + program.config.layers[0].choices
    assert driver.verify(program) == []
    assert driver.verify(other) == expected

    wrong = rng.randrange(len(rows))
    faulty = _FaultyWire(transport, Register.DATA, wrong * row_words(program.config))
    load = functools.partial(Driver(faulty, program.config).load, program)
    assert _failure(load) == f"{_place(rows[wrong])} must be as it was written, not another"
    assert not driver.status().enabled
    assert driver.verify(program) == [rows[wrong]]

    driver = comparison.driver = Driver(transport, program.config)
    driver.load(program)
    comparison.run(logits=False)


def programs_are_loaded(transport: Transport, program: Program, rng: random.Random) -> None:
    """Another Program, and the first again without looking whether it arrived."""
    comparison = _Comparison(transport, program, rng)
    other = random_program(program.config, np.random.default_rng(rng.getrandbits(32)))
    comparison.run(logits=False, inputs=1)
    comparison.driver.load(other)
    comparison.expect(other)
    comparison.run(logits=False)
    comparison.driver.load(program, verify=False)
    comparison.expect(program)
    assert comparison.driver.verify(program) == []
    comparison.run(logits=False)


def _failure(attempt: Callable[[], object]) -> str:
    """Return the error that the driver raises in ``attempt``, about the core or the request."""
    try:
        attempt()
    except (DriverError, InputError) as error:
        return str(error)
    raise AssertionError("what is wrong with the core was not found")


def _refusal(attempt: Callable[[], object]) -> str:
    """Return why the driver refuses something."""
    try:
        attempt()
    except InputError as error:
        return str(error)
    raise AssertionError("it was not refused")


def _place(row: Row) -> str:
    block = "thresholds" if row.thresholds else "arrays"
    return f"row in the {block} of layer {row.layer}, tile {row.tile}, group {row.group}, line {row.line}"


#: All checks by their names.
SUITE: Mapping[str, Callable[[Transport, Program, random.Random], None]] = {
    check.__name__: check
    for check in (
        runs_equal_golden,
        logits_are_off,
        passes_are_changed,
        seed_and_codes_are_changed,
        unknown_is_chosen,
        the_exact_mode_is_switched,
        counters_count,
        events_are_flagged,
        self_test_is_read,
        another_core_is_refused,
        wrong_rows_are_found,
        programs_are_loaded,
    )
}
