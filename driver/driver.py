"""Driver of one core."""

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from hdl.config import RUN_WIDTH, CoreConfig, InputError, Measure, SelfTestConfig
from hdl.contract import (
    IDENTITY,
    VERSION,
    WORD_WIDTH,
    Command,
    Program,
    Register,
    Row,
    calibration_writes,
    code_register,
    is_cells,
    program_rows,
    program_writes,
    register_map,
    row_words,
    row_writes,
    seed_writes,
)

from .answers import read_answers
from .beats import logit_beat, pack_pixels, result_beat
from .checks import check_integer, check_pixels
from .errors import DriverError
from .guard import RegisterGuard
from .inference import Inference
from .self_test import SelfTestReport
from .status import Status
from .transport import Registers, Transport
from .unknown import unknown_value

__all__ = ["Driver"]


class Driver:
    """Driver of one core over any transport.

    It makes no access that the core would refuse.
    Every method that needs the core disabled disables it, waits until it is idle, and then restores its state.
    After other code has written registers, or has reset the core, make a new driver.

    Parameters
    ----------
    transport
        Access to the core. One without streams suffices for everything but :meth:`run`.
    config
        Configuration that the core was generated for.
    polls
        Reads of `STATUS` before a core that stays busy is an error.

    Raises
    ------
    DriverError
        As :meth:`identify`.
    """

    def __init__(self, transport: Registers, config: CoreConfig, *, polls: int = 100_000):
        self._transport = transport
        self._config = config
        self._polls = polls
        self._registers = RegisterGuard(transport, config)
        flags = {
            entry.address: {field.name: 1 << field.lowest for field in entry.fields} for entry in register_map(config)
        }
        self._flags, self._events = flags[Register.ERRORS], flags[Register.INTERRUPTS]
        self.identify()

    @property
    def config(self) -> CoreConfig:
        """Configuration of the core."""
        return self._config

    def identify(self) -> None:
        """Check the identity of the core; :class:`DriverError` names a register that differs from the configuration."""
        for register, expected, text in (
            (Register.IDENTITY, IDENTITY, "that of a bayescim core"),
            (Register.VERSION, VERSION, "the version of the registers that this driver knows"),
            (Register.CONFIG_HASH, int(self._config.hash[:8], 16), f"of configuration {self._config.name!r}"),
        ):
            value = self._registers.read(register)
            if value != expected:
                raise DriverError(f"{register.name} must be {expected:#x}, {text}, not {value:#x}")

    def load(self, program: Program, *, verify: bool = True) -> None:
        """Load ``program``: all rows, correction constants, drop codes and seed.

        Cells of macros that fail to program are no error: :meth:`failed_cells` counts them.

        Raises
        ------
        InputError
            The Program is for another configuration.
        DriverError
            The core stays busy, or something was not as it was written; the first difference is named. The core is then
            left disabled.
        """
        self._check_program(program)
        with self._stopped():
            self._registers.write_all(program_writes(program, verify=False))
            if verify:
                self._check_constants(program)
                for row in self._wrong_rows(program):
                    block = "thresholds" if row.thresholds else "arrays"
                    raise DriverError(
                        f"row in the {block} of layer {row.layer}, tile {row.tile}, group {row.group}, line {row.line} "
                        "must be as it was written, not another"
                    )

    def verify(self, program: Program) -> list[Row]:
        """Return the rows of ``program`` that differ from those in the core, cells of macros omitted.

        Raises
        ------
        InputError
            The Program is for another configuration.
        DriverError
            The core stays busy.
        """
        self._check_program(program)
        with self._stopped():
            return list(self._wrong_rows(program))

    def configure(
        self,
        *,
        passes: int | None = None,
        codes: Sequence[int] | None = None,
        seed: int | None = None,
        logits: bool | None = None,
        exact: bool | None = None,
        unknown: tuple[Measure, float | None] | None = None,
    ) -> None:
        """Change the given settings, between inputs.

        Parameters
        ----------
        passes
            Monte-Carlo passes T of every input, 1 to `bayes.max_passes`.
        codes
            Drop code of each mask bit, 0 to 2^draw_bits − 1: p = code / 2^draw_bits.
        seed
            State from which the random sequence restarts, 1 to 2^lfsr_width − 1.
        logits
            Whether the logits of every pass are sent; the receiver must then take them.
        exact
            Whether each mask is visited once, weighted with its probability, and none is drawn; only where
            `bayes.order` is `prefix`.
        unknown
            Measure, and its least value in nats or as a probability that makes an input unknown; None for the value
            where no input shall be unknown. Only for a core with predictive probabilities.

        Raises
        ------
        InputError
            A value is out of range; nothing was changed.
        DriverError
            The core stays busy.
        """
        config = self._config
        writes: list[tuple[int, int]] = []
        if passes is not None:
            writes.append((Register.PASSES, check_integer("passes", passes, 1, config.bayes.max_passes)))
        if codes is not None:
            if len(codes) != len(config.stochastic.drop_codes):
                raise InputError(f"codes must be {len(config.stochastic.drop_codes)} integers, not {len(codes)}")
            highest = 2**config.random.draw_bits - 1
            values = [check_integer(f"codes[{layer}]", code, 0, highest) for layer, code in enumerate(codes)]
            writes += [(code_register(layer), code) for layer, code in enumerate(values)]
        if seed is not None:
            writes += seed_writes(
                config.stochastic.seeds(check_integer("seed", seed, 1, 2**config.random.lfsr_width - 1))
            )
        for name, value, register in (("logits", logits, Register.STREAMS), ("exact", exact, Register.EXACT)):
            if value is not None:
                if not isinstance(value, bool | np.bool_):
                    raise InputError(f"{name} must be True or False, not {value!r}")
                writes.append((register, int(value)))
        if exact and not config.passes_weighted:
            raise InputError(f"exact must be False where bayes.order is {config.bayes.order!r}, not {exact!r}")
        if unknown is not None:
            writes.append((Register.UNKNOWN, unknown_value(config, unknown)))
        if writes:
            with self._stopped():
                self._registers.write_all(writes)

    def run(self, pixels: npt.ArrayLike) -> Inference:
        """Compute inputs and return all results. Enables the core.

        Nothing else may be in the core or in transit. The random sequence continues from its present state.

        Parameters
        ----------
        pixels
            Integers 0 to 2^input_bits − 1, shape (n, inputs).

        Raises
        ------
        InputError
            The pixels have the wrong shape, type or range, the transport has no streams, or the logits of drawn
            passes with weights are to be sent, whose number is not known in advance.
        DriverError
            The answer does not belong to these inputs.
        """
        config, transport = self._config, self._transport
        if not isinstance(transport, Transport):
            raise InputError(f"transport must be one with streams to run inputs, not {type(transport).__name__}")
        packets = [packet.tobytes() for packet in pack_pixels(check_pixels(pixels, config), config)]
        sending = self._registers.read(Register.STREAMS)
        passes, total = self._passes()
        if sending and config.passes_weighted and not self._registers.read(Register.EXACT):
            raise InputError("logits must be off (configure(logits=False)) where masks are drawn and counted, not on")
        sent = passes if sending else 0
        self._registers.write(Register.CONTROL, 1)
        classes = config.network.classes
        sizes = (classes * result_beat(config).octets, sent * classes * logit_beat(config).octets)
        return read_answers(config, len(packets), passes, sent, *transport.exchange(packets, *sizes), total=total)

    def status(self) -> Status:
        """Return the state of the core."""
        enabled, busy = (bool(self._registers.read(register)) for register in (Register.CONTROL, Register.STATUS))
        return Status(enabled=enabled, busy=busy)

    def errors(self) -> frozenset[str]:
        """Return the errors since :meth:`clear_errors`: names of the fields of the register `ERRORS`."""
        value = self._registers.read(Register.ERRORS)
        return frozenset(name for name, flag in self._flags.items() if value & flag)

    def clear_errors(self) -> None:
        """Clear all errors."""
        self._registers.write(Register.ERRORS, sum(self._flags.values()))

    def enable_interrupts(self, *events: str) -> None:
        """Have ``events`` raise the interrupt line, and no others; an event that is still flagged raises it at once.

        Raises
        ------
        InputError
            The core has no such event: `error`, `done` and, with a self-test, `alarm`.
        """
        self._registers.write(Register.INTERRUPT_ENABLE, self._event_bits(events))

    def interrupts(self) -> frozenset[str]:
        """Return the events since they were cleared, whether or not they raise the line."""
        value = self._registers.read(Register.INTERRUPTS)
        return frozenset(name for name, flag in self._events.items() if value & flag)

    def clear_interrupts(self, *events: str) -> None:
        """Clear ``events``, by default all; then look at their causes, so that none that comes later is lost.

        Raises
        ------
        InputError
            As :meth:`enable_interrupts`.
        """
        self._registers.write(Register.INTERRUPTS, self._event_bits(events or tuple(self._events)))

    def _event_bits(self, events: Sequence[str]) -> int:
        for event in events:
            if event not in self._events:
                raise InputError(f"events must be of {', '.join(self._events)}, not {event!r}")
        return sum(self._events[event] for event in set(events))

    def cycles(self) -> int:
        """Return the clock cycles during which an input was in the core, since :meth:`clear_counters`."""
        low = self._registers.read(Register.CYCLES_LOW)
        return low | self._registers.read(Register.CYCLES_HIGH) << WORD_WIDTH

    def inputs(self) -> int:
        """Return the inputs whose last result was taken, since :meth:`clear_counters`, modulo 2^32."""
        return self._registers.read(Register.INPUTS)

    def calibrate(self) -> None:
        """Have every macro search for its references by its own counts: compensation of drift.

        Raises
        ------
        InputError
            The core has no macros.
        DriverError
            The core stays busy.
        """
        self._check_macros()
        with self._stopped():
            self._registers.write_all(calibration_writes(self._config))

    def pulses(self) -> int:
        """Return the programming pulses that cells of macros got since :meth:`clear_counters`, modulo 2^32."""
        self._check_macros()
        return self._registers.read(Register.PULSES)

    def failed_cells(self) -> int:
        """Return the cells of macros that ended outside the tolerance since :meth:`clear_counters`."""
        self._check_macros()
        return self._registers.read(Register.FAILED)

    def _check_macros(self) -> None:
        if self._config.macro is None:
            raise InputError("config must have a section macro, not None")

    def self_test(self, unit: int = 0) -> SelfTestReport:
        """Return the findings of the self-test of a stochastic unit since :meth:`clear_counters`.

        Parameters
        ----------
        unit
            Index of the unit: those that draw masks come first, then those of each layer in order.

        Raises
        ------
        InputError
            The core has no self-test, or no such unit.
        """
        self_test, k = self._self_test, self._config.random.draw_bits
        unit = check_integer("unit", unit, 0, self._watched_units - 1)
        if self._watched_units > 1:
            self._registers.write(Register.SELF_TEST_UNIT, unit)
        flags, drops = self._registers.read(Register.SELF_TEST), self._registers.read(Register.SELF_TEST_DROPS)
        word = self._registers.read(Register.SELF_TEST_DEVIATION)
        deviation = word - (word >> WORD_WIDTH - 1 << WORD_WIDTH)
        return SelfTestReport(
            unit=unit,
            draws=self._registers.read(Register.SELF_TEST_DRAWS),
            stuck=bool(flags & 1),
            out_of_bounds=bool(flags >> 1 & 1),
            complete=bool(flags >> 2 & 1),
            drops=drops,
            p=drops / self_test.window,
            deviation=deviation / (self_test.window << k),
        )

    def alarms(self) -> tuple[int, ...]:
        """Return the stochastic units whose self-test has raised an alarm since :meth:`clear_counters`.

        Raises
        ------
        InputError
            The core has no self-test.
        """
        if self._watched_units == 1:
            return (0,) if self.self_test().alarm else ()
        alarms = self._registers.read(Register.SELF_TEST_ALARMS)
        return tuple(unit for unit in range(self._watched_units) if alarms >> unit & 1)

    def watch(self, limits: SelfTestConfig | None = None, *, bit: int | None = None) -> tuple[int, ...]:
        """Restart the self-tests of all stochastic units; return the units that had raised an alarm.

        Parameters
        ----------
        limits
            Other limits, for windows as long as those of the core; by default those of the configuration.
        bit
            Mask bit whose draws make the windows, so that units which do not draw it have none; by default windows
            consist of all draws.

        Returns
        -------
        tuple of int
            :meth:`alarms`, read while the core was idle, so that no alarm is lost.

        Raises
        ------
        InputError
            The core has no self-test, windows of another length, or no such bit.
        DriverError
            The core stays busy.
        """
        given = self._self_test if limits is None else limits
        if given.window != self._self_test.window:
            raise InputError(f"limits must be for windows of {self._self_test.window} draws, not {given.window}")
        select = 0 if bit is None else 1 + check_integer("bit", bit, 0, self._config.stochastic.mask_width - 1)
        with self._stopped():
            raised = self.alarms()
            self._registers.write(Register.SELF_TEST_SELECT, select)
            self._registers.write(Register.SELF_TEST_BOUND, given.bound)
            self._registers.write(Register.SELF_TEST_RUNS, given.drop_run | given.keep_run << RUN_WIDTH)
            self._registers.write(Register.COMMAND, Command.CLEAR_COUNTERS)
        return raised

    @property
    def _watched_units(self) -> int:
        if self._config.self_test is None:
            raise InputError("config must have a section self_test, not None")
        return len(self._config.stochastic.watched)

    @property
    def _self_test(self) -> SelfTestConfig:
        if self._config.self_test is None:
            raise InputError("config must have a section self_test, not None")
        return self._config.self_test

    def clear_counters(self) -> None:
        """Restart the counts of inputs and cycles, and the self-test.

        Raises
        ------
        DriverError
            The core stays busy.
        """
        with self._stopped():
            self._registers.write(Register.COMMAND, Command.CLEAR_COUNTERS)

    @contextlib.contextmanager
    def _stopped(self) -> Iterator[None]:
        """Hold the core disabled and idle; afterwards it is enabled if it was, unless an error was raised."""
        enabled = self._registers.read(Register.CONTROL)
        self._registers.write(Register.CONTROL, 0)
        if not any(self._registers.read(Register.STATUS) == 0 for _ in range(self._polls)):
            self._registers.write(Register.CONTROL, enabled)
            raise DriverError(f"the core must be idle within {self._polls} reads of STATUS, not busy: take its results")
        yield
        self._registers.write(Register.CONTROL, enabled)

    def _passes(self) -> tuple[int, int]:
        """Return the passes of an input, and the sum of their weights."""
        config = self._config
        if not self._registers.read(Register.EXACT):
            passes = self._registers.read(Register.PASSES)
            return passes, passes
        # A bit whose code is 0 is never dropped; no code drops always.
        free = sum(self._registers.read(code_register(bit)) != 0 for bit in range(config.stochastic.mask_width))
        return 2**free, config.exact_weight_total

    def _wrong_rows(self, program: Program) -> Iterator[Row]:
        """Yield the rows that do not verify; the core is disabled and idle."""
        words, flag = row_words(self._config), self._flags["verify"]
        self._registers.write(Register.ERRORS, flag)
        for row in program_rows(program):
            if is_cells(self._config, row):
                # Each read of a level has its own noise.
                continue
            self._registers.write_all(row_writes(row, Command.VERIFY, words))
            if self._registers.read(Register.ERRORS) & flag:
                self._registers.write(Register.ERRORS, flag)
                yield row

    def _check_constants(self, program: Program) -> None:
        """Compare everything but the rows and the state of the random sequence, which cannot be read."""
        for index in range(self._config.network.classes):
            self._registers.write(Register.CLASS, index)
            self._registers.write(Register.COMMAND, Command.FETCH_CORRECTION)
            constants = (program.gains[index], program.offsets[index], program.shifts[index])
            registers = (Register.GAIN, Register.OFFSET, Register.SHIFT)
            for register, constant in zip(registers, constants, strict=True):
                self._check_word(f"{register.name} of class {index}", register, int(constant))
        for layer, code in enumerate(program.codes):
            self._check_word(f"CODE_{layer}", code_register(layer), int(code))

    def _check_word(self, name: str, address: int, expected: int) -> None:
        value, word = self._registers.read(address), expected % 2**WORD_WIDTH
        if value != word:
            raise DriverError(f"{name} must be {word:#x} as it was written, not {value:#x}")

    def _check_program(self, program: Program) -> None:
        given, wanted = program.config, self._config
        if given.hash != wanted.hash:
            raise InputError(f"program must be for configuration {wanted.hash[:12]}…, not {given.hash[:12]}…")
