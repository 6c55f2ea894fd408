"""Register map of a core, described once.

Hardware, documents, headers and drivers are generated from it.
"""

import dataclasses
import enum
import functools
from typing import cast

from ..config import RUN_WIDTH, CoreConfig, Measure
from .program import Program
from .registers import IDENTITY, VERSION, WORD_WIDTH, Command, Register, code_register, commands

__all__ = ["Access", "Field", "RegisterEntry", "address_field_width", "register_map"]


_BYTE = 8


class Access(enum.Enum):
    """Access that the port grants to a register.

    Everything else is answered with an error and changes nothing.
    """

    #: Read; the value never changes.
    CONSTANT = "read, constant"

    #: Read the hardware's present value.
    READ = "read"

    #: Read and write; a written value stays.
    WRITE = "read, write"

    #: The same, and a command may load another value.
    LOAD = "read, write, loaded by a command"

    #: Read; writing a 1 clears a flag that the hardware has set.
    CLEAR = "read, write 1 to clear"

    #: Write a command, which is executed before the answer. Whole words only.
    COMMAND = "write"

    #: Read and write the word in a window; each access moves the window on. Whole words only.
    WINDOW = "read, write, moves on"

    @property
    def whole(self) -> bool:
        """Whether only whole words may be accessed: a part of one would already have the side effect."""
        return self in (Access.COMMAND, Access.WINDOW)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Field:
    """Bit field of a register.

    Bits of no field are read as 0 and must be written as 0.
    """

    name: str
    """Name, in lower case."""

    text: str
    """Meaning."""

    width: int
    """Width in bits."""

    lowest: int = 0
    """Position of its lowest bit in the register."""

    reset: int = 0
    """Value after reset, where the field is a register and not a view of another value."""

    signed: bool = False
    """Whether the value is in two's complement, sign-extended to the whole word, as a written value must be."""

    limits: tuple[int, int] | None = None
    """Smallest and largest value that may be written; None where all values that fit may."""

    values: type[enum.IntEnum] | None = None
    """Names of the values."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class RegisterEntry:
    """Description of one register."""

    name: str
    """Name, in upper case."""

    address: int
    """Byte address."""

    access: Access
    """Access that the port grants."""

    text: str
    """Purpose."""

    fields: tuple[Field, ...]
    """Bit fields, lowest first."""

    locked: bool = False
    """Whether it can be written only while the core is disabled and idle."""


def address_field_width(config: CoreConfig, name: str) -> int:
    """Return the bits of ``tile``, ``layer``, ``group`` or ``line`` in the address of a row."""
    layers, hidden = config.layers, config.hidden_layers
    sizes = {
        "layer": len(layers),
        "tile": max(layer.arrays for layer in layers),
        "group": max(2, *(layer.row_groups for layer in layers), *(layer.choices for layer in hidden)),
        "line": max(
            *(config.sensing.calibration_lines(layer) for layer in layers),
            *(layer.group_rows for layer in layers),
            *(layer.neuron_lines for layer in hidden),
        ),
    }
    return max(1, (sizes[name] - 1).bit_length())


def register_map(
    config: CoreConfig, program: Program | None = None, *, logits: bool = False
) -> tuple[RegisterEntry, ...]:
    """Return all registers of a core in the order of their addresses.

    Parameters
    ----------
    config
        Geometry: determines widths and limits.
    program
        Source of drop codes and seed after reset; by default the configuration's.
    logits
        Whether the stream of logits is on after reset.
    """
    entries = (*_identification(config), *_operation(logits), *_counters(), *_sampling(config, program))
    entries = (*entries, *_rows(config), *_correction(config), *_unknown(config), *_codes(config, program))
    entries = (*entries, *_self_test(config), *_macro(config), *_interrupts(config))
    return tuple(sorted(entries, key=lambda entry: entry.address))


def _entry(register: Register, access: Access, text: str, *fields: Field, locked: bool = False) -> RegisterEntry:
    return RegisterEntry(name=register.name, address=register, access=access, text=text, fields=fields, locked=locked)


def _identification(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    def constant(register: Register, text: str, value: int) -> RegisterEntry:
        return _entry(register, Access.CONSTANT, text, Field(name="value", text=text, width=WORD_WIDTH, reset=value))

    return (
        constant(Register.IDENTITY, "BCIM in ASCII, first letter in the highest byte.", IDENTITY),
        constant(Register.VERSION, "Version of this register map.", VERSION),
        constant(
            Register.CONFIG_HASH, "First 32 bits of the hash of the core's configuration.", int(config.hash[:8], 16)
        ),
    )


def _operation(logits: bool) -> tuple[RegisterEntry, ...]:
    flags = (
        ("refused", "An access was answered with an error."),
        ("verify", "A row did not verify."),
        ("short_packet", "An input had too few beats; it was dropped."),
        ("long_packet", "An input had too many beats; it was dropped."),
    )
    return (
        _entry(
            Register.STATUS,
            Access.READ,
            "State of the core.",
            Field(name="busy", text="An input is in the core.", width=1),
        ),
        _entry(
            Register.CONTROL,
            Access.WRITE,
            "Start and stop.",
            Field(
                name="enable",
                text="Inputs are started. While it is 0 no further input is started; those in the core are finished.",
                width=1,
                reset=1,
            ),
        ),
        _entry(
            Register.ERRORS,
            Access.CLEAR,
            "Errors since the flags were cleared. None of them stops the core.",
            *(Field(name=name, text=text, width=1, lowest=bit) for bit, (name, text) in enumerate(flags)),
        ),
        _entry(
            Register.STREAMS,
            Access.WRITE,
            "Enables of the output streams.",
            Field(
                name="logits",
                text="The logits of every pass are sent. While it is 0 they are not sent.",
                width=1,
                reset=int(logits),
            ),
            locked=True,
        ),
    )


def _interrupts(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    events = [
        ("error", "Something happened that sets a flag of ERRORS."),
        ("done", "The last result of an input was taken."),
    ]
    if config.self_test is not None:
        events.append(("alarm", "A stochastic unit has raised an alarm, its first since CLEAR_COUNTERS."))
    return (
        _entry(
            Register.INTERRUPTS,
            Access.CLEAR,
            "Events since their flags were cleared. Clear a flag before you look at its cause, so that none is lost.",
            *(Field(name=name, text=text, width=1, lowest=bit) for bit, (name, text) in enumerate(events)),
        ),
        _entry(
            Register.INTERRUPT_ENABLE,
            Access.WRITE,
            "Mask of INTERRUPTS: the line `irq` is 1 while a flag is set whose bit is 1 here.",
            *(
                Field(name=name, text="Its flag raises the line.", width=1, lowest=bit)
                for bit, (name, _) in enumerate(events)
            ),
        ),
    )


def _counters() -> tuple[RegisterEntry, ...]:
    def counter(register: Register, text: str) -> RegisterEntry:
        return _entry(register, Access.READ, text, Field(name="value", text=text, width=WORD_WIDTH))

    return (
        counter(Register.INPUTS, "Inputs whose last result was taken, since the counters were cleared."),
        counter(
            Register.CYCLES_LOW,
            "Clock cycles in which an input was in the core, since the counters were cleared; lower half. "
            "Reading it keeps the upper half for CYCLES_HIGH.",
        ),
        counter(Register.CYCLES_HIGH, "Upper half of the cycles, as it was when CYCLES_LOW was read."),
    )


def _sampling(config: CoreConfig, program: Program | None) -> tuple[RegisterEntry, ...]:
    seed = config.random.seed if program is None else program.seed
    width, highest = config.random.lfsr_width, config.bayes.max_passes
    low, high = min(width, WORD_WIDTH), max(width - WORD_WIDTH, 0)
    halves = (
        (Register.SEED_LOW, "Seed that RESEED loads, lower half.", low, seed % 2**WORD_WIDTH),
        (Register.SEED_HIGH, "Seed that RESEED loads, upper half.", high, seed >> WORD_WIDTH),
    )
    return (
        _entry(
            Register.PASSES,
            Access.WRITE,
            "Monte-Carlo passes T of every input.",
            Field(
                name="passes",
                text="T.",
                width=config.passes_width,
                reset=config.bayes.passes,
                limits=(1, highest),
            ),
            locked=True,
        ),
        *(
            _entry(
                register,
                Access.WRITE,
                text,
                *([Field(name="seed", text=text, width=bits, reset=reset)] if bits else []),
            )
            for register, text, bits, reset in halves
        ),
        *_unit(config),
        _entry(
            Register.COMMAND,
            Access.COMMAND,
            "Carries out a command, and answers when it is done.",
            Field(
                name="command",
                text="The command.",
                width=max(commands(config)).bit_length(),
                limits=(min(commands(config)), max(commands(config))),
                values=cast(
                    type[enum.IntEnum],
                    enum.IntEnum(Command.__name__, {each.name: each.value for each in commands(config)}),
                ),
            ),
            locked=True,
        ),
    )


def _unit(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    exact = Field(
        name="exact",
        text="Every mask once, weighted with its probability, instead of T drawn ones.",
        width=1,
    )
    modes = _entry(
        Register.EXACT,
        Access.WRITE,
        "Exact mode.",
        *([exact] if config.passes_weighted else []),
        locked=True,
    )
    width = (max(config.stochastic.units, 1) - 1).bit_length()
    text = "Those that draw masks, then those of each layer in order."
    fields = [Field(name="unit", text=text, width=width, limits=(0, config.stochastic.units - 1))] if width else []
    return (_entry(Register.UNIT, Access.WRITE, "Stochastic unit that RESEED seeds.", *fields), modes)


def _self_test(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    if config.self_test is None:
        return ()
    self_test, steps = config.self_test, 2**config.random.draw_bits

    def shown(register: Register, text: str, width: int, *, signed: bool = False) -> RegisterEntry:
        return _entry(register, Access.READ, text, Field(name="value", text=text, width=width, signed=signed))

    flags = (
        ("stuck", "There was a run of drops, or of keeps, as long as SELF_TEST_RUNS says."),
        ("out_of_bounds", "There was a window whose drops differed from their expectation by more than the bound."),
        ("complete", "There was a full window."),
    )
    runs = (
        ("drop_run", "Drops in a row from which on the unit is stuck, 0 for no limit.", self_test.drop_run),
        ("keep_run", "The same for keeps.", self_test.keep_run),
    )
    window = f"of the last full window of {self_test.window} draws"
    select = Field(
        name="select",
        text="0 for all, l + 1 for those of mask bit l only.",
        width=config.stochastic.mask_width.bit_length(),
        limits=(0, config.stochastic.mask_width),
    )
    return (
        _entry(
            Register.SELF_TEST,
            Access.READ,
            "What the self-test of the stochastic unit has found since CLEAR_COUNTERS or reset. Its registers are "
            "only in cores whose configuration has a section self_test.",
            *(Field(name=name, text=text, width=1, lowest=bit) for bit, (name, text) in enumerate(flags)),
        ),
        shown(Register.SELF_TEST_DRAWS, "Draws since CLEAR_COUNTERS, modulo 2^32.", WORD_WIDTH),
        shown(Register.SELF_TEST_DROPS, f"Drops {window}: p is this / {self_test.window}.", self_test.bound_width),
        shown(
            Register.SELF_TEST_DEVIATION,
            f"{steps} times the drops, less the sum of the codes, {window}.",
            config.stochastic.deviation_width,
            signed=True,
        ),
        _entry(
            Register.SELF_TEST_SELECT,
            Access.WRITE,
            "Draws that windows are made of.",
            *([select] if config.stochastic.mask_width else []),
            locked=True,
        ),
        _entry(
            Register.SELF_TEST_BOUND,
            Access.WRITE,
            "Limit of the windows.",
            Field(
                name="bound",
                text="Largest difference in drops that is not out of bounds.",
                width=self_test.bound_width,
                reset=self_test.bound,
            ),
            locked=True,
        ),
        _entry(
            Register.SELF_TEST_RUNS,
            Access.WRITE,
            "Limits of the runs.",
            *(
                Field(name=name, text=text, width=RUN_WIDTH, lowest=RUN_WIDTH * place, reset=reset)
                for place, (name, text, reset) in enumerate(runs)
            ),
            locked=True,
        ),
        *_watched_units(config),
    )


def _watched_units(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    units = len(config.stochastic.watched)
    if units == 1:
        return ()
    text = "Unit, counted as in UNIT."
    alarms = "Bit u is 1 where there was a run, or a window out of bounds, of unit u."
    return (
        _entry(
            Register.SELF_TEST_UNIT,
            Access.WRITE,
            "Stochastic unit that SELF_TEST, _DRAWS, _DROPS and _DEVIATION show. Only in cores where several are "
            "watched, all of them all the time.",
            Field(name="unit", text=text, width=(units - 1).bit_length(), limits=(0, units - 1)),
        ),
        _entry(
            Register.SELF_TEST_ALARMS,
            Access.READ,
            "Which stochastic units have raised an alarm since CLEAR_COUNTERS or reset. Only in cores where several "
            "are watched.",
            Field(name="alarms", text=alarms, width=units),
        ),
    )


def _macro(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    if config.macro is None:
        return ()

    def counter(register: Register, text: str) -> RegisterEntry:
        return _entry(register, Access.READ, text, Field(name="value", text=text, width=WORD_WIDTH))

    since = "since the counters were cleared, modulo 2^32. Only in cores with macros."
    return (
        counter(Register.PULSES, f"Programming pulses that the cells of the macros got, {since}"),
        counter(Register.FAILED, f"Cells that were outside the tolerance after the last pulse, {since}"),
    )


def _rows(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    half, byte = WORD_WIDTH // 2, _BYTE
    width = functools.partial(address_field_width, config)
    return (
        _entry(
            Register.TARGET,
            Access.WRITE,
            "Block that holds a row.",
            Field(name="tile", text="Array, or column tile of the neurons.", width=width("tile")),
            Field(name="layer", text="Layer.", width=width("layer"), lowest=half),
            Field(name="thresholds", text="1 for the neurons of the layer.", width=1, lowest=half + byte),
        ),
        _entry(
            Register.ROW,
            Access.WRITE,
            "Place of a row in its block.",
            Field(name="group", text="Group of word lines, or choice of the neurons.", width=width("group")),
            Field(name="line", text="Word line, or bit plane, last the polarity.", width=width("line"), lowest=half),
        ),
        _entry(
            Register.DATA,
            Access.WINDOW,
            "Window on the row buffer, which is as many words long as a row needs and moves on by a word at each "
            "access. Write all words of a row, lowest first, before PROGRAM or VERIFY; read all of them after READ.",
            Field(name="word", text="The word.", width=WORD_WIDTH),
        ),
    )


def _correction(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    logits, classes = config.logits, config.network.classes
    return (
        _entry(
            Register.CLASS,
            Access.WRITE,
            "Class that the correction commands access.",
            Field(
                name="class_index",
                text="Index of the class.",
                width=max(1, (classes - 1).bit_length()),
                limits=(0, classes - 1),
            ),
        ),
        _entry(
            Register.GAIN,
            Access.LOAD,
            "Gain of the class, for STORE_CORRECTION and from FETCH_CORRECTION.",
            Field(name="gain", text="Gain.", width=logits.gain_width, signed=True),
        ),
        _entry(
            Register.OFFSET,
            Access.LOAD,
            "Offset of the class.",
            Field(name="offset", text="Offset.", width=logits.offset_width, signed=True),
        ),
        _entry(
            Register.SHIFT,
            Access.LOAD,
            "Shift of the class.",
            Field(name="shift", text="Shift.", width=logits.shift_width, limits=(0, logits.max_shift)),
        ),
    )


def _unknown(config: CoreConfig) -> tuple[RegisterEntry, ...]:
    section, measures = config.predictive, config.measures
    if section is None or measures is None:
        return ()
    return (
        _entry(
            Register.UNKNOWN,
            Access.WRITE,
            'Which inputs are unknown ("don\'t know").',
            Field(
                name="threshold",
                text=f"Least value of the measure: 2^-{measures.entropy_bits} nats each, and of the probability of an "
                f"error 2^-{measures.probability_bits}. The largest threshold is never reached.",
                width=measures.threshold_width,
                reset=measures.threshold(section.measure, section.threshold),
            ),
            Field(
                name="measure",
                text="0 predictive entropy, 1 expected entropy, 2 mutual information, 3 probability of an error, "
                "which is 1 - the largest probability.",
                width=(len(Measure) - 1).bit_length(),
                lowest=WORD_WIDTH - _BYTE,
                reset=section.measure.code,
            ),
            locked=True,
        ),
    )


def _codes(config: CoreConfig, program: Program | None) -> tuple[RegisterEntry, ...]:
    codes = config.stochastic.drop_codes if program is None else tuple(program.codes.tolist())
    bits = config.random.draw_bits
    return tuple(
        RegisterEntry(
            name=f"CODE_{layer}",
            address=code_register(layer),
            access=Access.WRITE,
            text=f"Drop code {layer}: of that mask bit, or of the units of that hidden layer.",
            fields=(
                Field(
                    name="code",
                    text=f"What it is for is dropped with probability code / {2**bits}.",
                    width=bits,
                    reset=code,
                ),
            ),
            locked=True,
        )
        for layer, code in enumerate(codes)
    )
