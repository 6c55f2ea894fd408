"""Model of the register port of a core.

Answers and commands according to :mod:`hdl.contract.register_map`, except cycle counts and findings of the self-test.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from amaranth import Shape

from hdl.config import RUN_WIDTH, Measure
from hdl.contract import IDENTITY, VERSION, Command, Program, Register, code_register, commands, row_words
from hdl.streams import RowAddress

__all__ = ["SELF_TEST_FOUND", "Orders", "RegisterModel"]

_WORD = 32
_BYTE = 8
_MASK = 2**_WORD - 1
_ALL_BYTES = 0b1111

#: Error flags.
_REFUSED, _VERIFY, _SHORT, _LONG = 1 << 0, 1 << 1, 1 << 2, 1 << 3

#: Flags of events.
_ERROR, _DONE, _ALARM = 1 << 0, 1 << 1, 1 << 2

#: Registers that act when they are accessed.
_ACTING = (Register.COMMAND, Register.DATA)

#: Lowest bit of the measure in `UNKNOWN`.
_MEASURE_PLACE = 24
#: Registers with findings of the self-test, which depend on the draws so far.
SELF_TEST_FOUND = (
    Register.SELF_TEST,
    Register.SELF_TEST_DRAWS,
    Register.SELF_TEST_DROPS,
    Register.SELF_TEST_DEVIATION,
    Register.SELF_TEST_ALARMS,
)

_ROW_COMMANDS = (Command.PROGRAM, Command.READ, Command.VERIFY, Command.CALIBRATE)

#: Fields of `TARGET` and `ROW`: name, lowest bit, bits.
_FIELDS = {
    Register.TARGET: (("tile", 0, 16), ("layer", 16, 8), ("thresholds", 24, 8)),
    Register.ROW: (("group", 0, 16), ("line", 16, 16)),
}


@dataclasses.dataclass(kw_only=True)
class Orders:
    """Orders of one access, and the answers to them."""

    rows: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    """Row commands."""

    reply: dict[str, int] | None = None
    """Answer to the row command."""

    loads: list[int] = dataclasses.field(default_factory=list)
    """Seeds that the random sequence was started from."""

    stored: list[dict[str, int]] = dataclasses.field(default_factory=list)
    """Correction constants that were written, with the class."""

    fetched: list[int] = dataclasses.field(default_factory=list)
    """Classes whose correction constants were read."""

    constants: dict[str, int] | None = None
    """The constants that were read."""


class RegisterModel:
    """Registers, changed access by access.

    They begin as after reset.

    Parameters
    ----------
    program
        Codes and seed after reset, and the geometry.
    """

    def __init__(self, program: Program):
        self._config = config = program.config
        self._members = {name: Shape.cast(shape).width for name, shape in RowAddress(config).members.items()}
        self.enable = 1
        self.in_flight = 0
        """Inputs that were started and are not done."""
        self.passes = config.bayes.passes
        self.codes = program.codes.tolist()
        self.seed = program.seed
        self.unit = 0
        self.exact = 0
        self.errors = 0
        """Error flags, as in the register."""
        self.events = 0
        """Flags of events, as in the register."""
        self.enabled_events = 0
        self.send_logits = 0
        self.inputs = 0
        """Inputs that are done, as in the register."""
        self._measures = measures = config.measures
        self._unknown = 0
        if measures is not None and config.predictive is not None:
            measure, value = config.predictive.measure, config.predictive.threshold
            self._unknown = measure.code << _MEASURE_PLACE | measures.threshold(measure, value)
        self.place = dict.fromkeys(self._members, 0)
        self.class_index = 0
        self.select = 0
        """Draws that windows of the self-test are made of."""
        self.watched = 0
        """Unit whose self-test is shown."""
        self.limits = config.self_test
        self.pulses = self.failed = 0
        """Pulses of the cells of macros, and how many of them failed, as in the registers."""
        self._constants = {"gain": 0, "offset": 0, "shift": 0}
        self._buffer = [0] * row_words(config)

    @property
    def unknown(self) -> tuple[Measure, int] | None:
        """Measure and threshold of "don't know", where the core has them."""
        if self._measures is None:
            return None
        return list(Measure)[self._unknown >> _MEASURE_PLACE], self._unknown % 2**_MEASURE_PLACE

    @property
    def interrupt(self) -> int:
        """Interrupt line."""
        return int(self.events & self.enabled_events > 0)

    def fail(self, *, short: bool = False, long: bool = False) -> None:
        """Drop a packet that was too short, or too long."""
        self._err(_SHORT * short | _LONG * long)

    def finish(self) -> None:
        """Finish an input."""
        self.inputs += 1
        self.events |= _DONE

    def alarm(self) -> None:
        """Have a unit raise an alarm."""
        self.events |= _ALARM

    def access(self, request: dict[str, int], seen: Orders) -> tuple[dict[str, int], Orders]:
        """Return the answer to ``request`` and the orders it gives, for the answers in ``seen``."""
        address = request["address"]
        offset = address % (_WORD // _BYTE)
        address -= offset
        orders = Orders(reply=seen.reply, constants=seen.constants)
        data = 0
        whole = not offset and (not request["write"] or request["strobe"] == _ALL_BYTES)
        if address in _ACTING and not whole and (request["strobe"] or not request["write"]):
            done = False
        elif request["write"]:
            done = self._write_bytes(address, request, orders)
        else:
            shown = self._read(address)
            data, done = (shown or 0) & _MASK, shown is not None
        self._err(_REFUSED * (not done))
        return {"data": data, "error": int(not done)}, orders

    def _err(self, flags: int) -> None:
        """Set error flags."""
        self.errors |= flags
        self.events |= _ERROR * (flags > 0)

    def _write_bytes(self, address: int, request: dict[str, int], orders: Orders) -> bool:
        """Write the bytes of the strobe, and leave the others as they are."""
        strobe = request["strobe"]
        if not strobe:
            return address == Register.COMMAND or self._shown(address) is not None
        mask = sum(0xFF << _BYTE * byte for byte in range(_WORD // _BYTE) if strobe >> byte & 1)
        # Commands and flags keep no value.
        flags = (Register.ERRORS, Register.INTERRUPTS)
        kept = 0 if address in (Register.COMMAND, *flags) else (self._shown(address) or 0) & _MASK
        value = kept & ~mask | request["data"] & mask
        return self._command(value, orders) if address == Register.COMMAND else self._write(address, value)

    def _read(self, address: int) -> int | None:
        shown = self._shown(address)
        if address == Register.DATA:
            self._buffer.append(self._buffer.pop(0))
        return shown

    def _shown(self, address: int) -> int | None:
        config = self._config
        values: dict[int, int] = {
            Register.IDENTITY: IDENTITY,
            Register.VERSION: VERSION,
            Register.CONFIG_HASH: int(config.hash[:8], 16),
            Register.STATUS: int(self.in_flight > 0),
            Register.CONTROL: self.enable,
            Register.ERRORS: self.errors,
            Register.INTERRUPTS: self.events,
            Register.INTERRUPT_ENABLE: self.enabled_events,
            Register.STREAMS: self.send_logits,
            Register.INPUTS: self.inputs,
            Register.DATA: self._buffer[0],
            Register.PASSES: self.passes,
            Register.SEED_LOW: self.seed & _MASK,
            Register.SEED_HIGH: self.seed >> _WORD,
            Register.UNIT: self.unit,
            Register.EXACT: self.exact,
            Register.CLASS: self.class_index,
            Register.GAIN: self._constants["gain"],
            Register.OFFSET: self._constants["offset"],
            Register.SHIFT: self._constants["shift"],
            **{
                register: sum(self.place[name] << start for name, start, _ in fields)
                for register, fields in _FIELDS.items()
            },
            **({} if self._measures is None else {Register.UNKNOWN: self._unknown}),
            **{code_register(layer): code for layer, code in enumerate(self.codes)},
        }
        if config.macro is not None:
            values |= {Register.PULSES: self.pulses, Register.FAILED: self.failed}
        if self.limits is not None:
            values |= {
                Register.SELF_TEST_SELECT: self.select,
                Register.SELF_TEST_BOUND: self.limits.bound,
                Register.SELF_TEST_RUNS: self.limits.drop_run | self.limits.keep_run << RUN_WIDTH,
            }
            if len(config.stochastic.watched) > 1:
                values[Register.SELF_TEST_UNIT] = self.watched
        return values.get(address)

    def _write(self, address: int, value: int) -> bool:
        config, logits = self._config, self._config.logits
        running = bool(self.enable or self.in_flight)
        signed = value - 2**_WORD if value >> _WORD - 1 else value
        match address:
            case Register.ERRORS:
                self.errors &= ~value
            case Register.INTERRUPTS:
                self.events &= ~value
            case Register.INTERRUPT_ENABLE if value < 1 << (2 if config.self_test is None else 3):
                self.enabled_events = value
            case Register.STREAMS if not running and value in (0, 1):
                self.send_logits = value
            case Register.CONTROL if value in (0, 1):
                self.enable = value
            case Register.PASSES if not running and 1 <= value <= config.bayes.max_passes:
                self.passes = value
            case Register.SEED_LOW if value < 2**config.random.lfsr_width:
                self.seed = self.seed >> _WORD << _WORD | value
            case Register.SEED_HIGH if value << _WORD < 2**config.random.lfsr_width:
                self.seed = value << _WORD | self.seed & _MASK
            case Register.EXACT if not running and value <= int(config.passes_weighted):
                self.exact = value
            case Register.UNIT if value < max(config.stochastic.units, 1):
                self.unit = value
            case Register.TARGET | Register.ROW:
                return self._place(Register(address), value)
            case Register.DATA:
                self._buffer = [*self._buffer[1:], value]
            case Register.CLASS if value < config.network.classes:
                self.class_index = value
            case Register.GAIN if -(2 ** (logits.gain_width - 1)) <= signed < 2 ** (logits.gain_width - 1):
                self._constants["gain"] = signed
            case Register.OFFSET if -(2 ** (logits.offset_width - 1)) <= signed < 2 ** (logits.offset_width - 1):
                self._constants["offset"] = signed
            case Register.SHIFT if value <= logits.max_shift:
                self._constants["shift"] = value
            case Register.UNKNOWN if self._measures is not None and not running:
                measure, threshold = divmod(value, 2**_MEASURE_PLACE)
                if measure >= len(Measure) or threshold >> self._measures.threshold_width:
                    return False
                self._unknown = value
            case Register.SELF_TEST_UNIT if self.limits is not None and 1 < len(config.stochastic.watched) > value:
                self.watched = value
            case Register.SELF_TEST_SELECT | Register.SELF_TEST_BOUND | Register.SELF_TEST_RUNS:
                return not running and self._limit(Register(address), value)
            case _ if address in self._code_registers and not running and value < 2**config.random.draw_bits:
                self.codes[self._code_registers.index(address)] = value
            case _:
                return False
        return True

    @property
    def _code_registers(self) -> Sequence[int]:
        return [code_register(layer) for layer in range(len(self.codes))]

    def _limit(self, register: Register, value: int) -> bool:
        """Apply a write to the registers of the self-test, where there is one."""
        if self.limits is None:
            return False
        changed: dict[str, int] = {}
        if register is Register.SELF_TEST_SELECT and value <= self._config.stochastic.mask_width:
            self.select = value
        elif register is Register.SELF_TEST_BOUND and value < 2**self.limits.bound_width:
            changed = {"bound": value}
        elif register is Register.SELF_TEST_RUNS:
            changed = {"drop_run": value % 2**RUN_WIDTH, "keep_run": value >> RUN_WIDTH}
        else:
            return False
        self.limits = self.limits.model_copy(update=changed)
        return True

    def _place(self, register: Register, value: int) -> bool:
        """Set the fields of an address, all or none."""
        fields = {name: value >> start & 2**width - 1 for name, start, width in _FIELDS[register]}
        if any(number >> self._members[name] for name, number in fields.items()):
            return False
        self.place |= fields
        return True

    def _command(self, value: int, orders: Orders) -> bool:
        if self.enable or self.in_flight or value not in commands(self._config):
            return False
        command = Command(value)
        if command in _ROW_COMMANDS:
            return self._row(command, orders)
        if command is Command.RESEED:
            if not self.seed:
                return False
            orders.loads.append(self.seed)
        if command is Command.CLEAR_COUNTERS:
            self.inputs = self.pulses = self.failed = 0
        if command is Command.STORE_CORRECTION:
            orders.stored.append({"index": self.class_index, **self._constants})
        if command is Command.FETCH_CORRECTION:
            orders.fetched.append(self.class_index)
            assert orders.constants is not None, "constants were not fetched"
            self._constants = dict(orders.constants)
        return True

    def _row(self, command: Command, orders: Orders) -> bool:
        row = sum(word << _WORD * index for index, word in enumerate(self._buffer)) % 2**self._config.array.cols
        write = int(command is Command.PROGRAM)
        macro = self._config.macro is not None
        calibrate = {"calibrate": int(command is Command.CALIBRATE)} if macro else {}
        orders.rows.append({"address": dict(self.place), "write": write, "row": row, **calibrate})
        assert orders.reply is not None, "the row command was not given"
        if macro:
            self.pulses = (self.pulses + orders.reply["pulses"]) & _MASK
            self.failed = (self.failed + orders.reply["failed"]) & _MASK
            self._err(_VERIFY * (orders.reply["failed"] > 0))
        if orders.reply["error"]:
            return False
        if command is Command.READ:
            self._buffer = [orders.reply["row"] >> _WORD * index & _MASK for index in range(len(self._buffer))]
        if command is Command.VERIFY and orders.reply["row"] != row:
            self._err(_VERIFY)
        return True
