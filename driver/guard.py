"""Register access that rejects what the core would refuse."""

from collections.abc import Iterable

from hdl.config import CoreConfig, InputError
from hdl.contract import WORD_WIDTH, Access, Command, Field, Register, RegisterEntry, register_map

from .transport import Registers

__all__ = ["RegisterGuard"]

_READ_ONLY = (Access.CONSTANT, Access.READ)
_ROW_COMMANDS = (Command.PROGRAM, Command.READ, Command.VERIFY)


class RegisterGuard:
    """Filter of accesses that the core would refuse.

    No refused access reaches the bus.

    On many processors a refused access is a bus error, which ends the program: SIGBUS on ARM Linux.
    After other code has written registers, or has reset the core, make a new guard.

    Parameters
    ----------
    registers
        Access to the registers.
    config
        Configuration of the core.
    """

    def __init__(self, registers: Registers, config: CoreConfig):
        self._registers = registers
        self._config = config
        self._entries = {entry.address: entry for entry in register_map(config)}
        self._kept: dict[int, int] = {}
        self._idle = False

    def read(self, address: int) -> int:
        """Return a register; :class:`hdl.config.InputError` where it cannot be read."""
        entry = self._entry(address)
        if entry.access is Access.COMMAND:
            raise InputError(f"address must be that of a register that can be read, not {address:#x} ({entry.name})")
        return self._registers.read(int(address))

    def write(self, address: int, value: int) -> None:
        """Set a register; :class:`hdl.config.InputError` where the core would refuse the value, or the time."""
        entry = self._entry(address)
        if entry.access in _READ_ONLY:
            raise InputError(f"address must be that of a register that can be written, not {address:#x} ({entry.name})")
        if not 0 <= value < 2**WORD_WIDTH:
            raise InputError(f"{entry.name} must be between 0 and {2**WORD_WIDTH - 1:#x}, not {value!r}")
        if entry.access is not Access.CLEAR:
            self._check_fields(entry, value)
        if entry.locked and not self._is_idle():
            raise InputError(f"{entry.name} must be written while the core is disabled and idle, not {value:#x} now")
        if address == Register.COMMAND:
            self._check_command(Command(value))
        if address == Register.CONTROL:
            self._idle = False
        # PYNQ accepts plain integers only, no members of enumerations.
        self._registers.write(int(address), int(value))
        if entry.access is Access.WRITE:
            self._kept[address] = value

    def write_all(self, writes: Iterable[tuple[int, int]]) -> None:
        """Set registers one after the other, given as (address, value)."""
        for address, value in writes:
            self.write(address, value)

    def _entry(self, address: int) -> RegisterEntry:
        if address not in self._entries:
            raise InputError(f"address must be that of a register, not {address:#x}")
        return self._entries[address]

    def _is_idle(self) -> bool:
        """Return whether the core is disabled and idle.

        It is read only until it is, since it then stays so until it is enabled.
        """
        if not self._idle:
            self._idle = not (self._registers.read(Register.CONTROL) or self._registers.read(Register.STATUS))
        return self._idle

    def _check_fields(self, entry: RegisterEntry, value: int) -> None:
        used = 0
        for field in entry.fields:
            lowest, highest = _limits(field)
            bits = WORD_WIDTH - field.lowest if field.signed else field.width
            used |= (2**bits - 1) << field.lowest
            given = value >> field.lowest & (2**bits - 1)
            if field.signed and given >= 2 ** (bits - 1):
                given -= 2**bits
            if not lowest <= given <= highest:
                name = f"{entry.name}.{field.name}"
                raise InputError(f"{name} must be between {lowest} and {highest}, not {given}")
        if value & ~used:
            raise InputError(f"{entry.name} must have ones only in {used:#x}, not {value:#x}")

    def _check_command(self, command: Command) -> None:
        if command is Command.RESEED and not (self._value(Register.SEED_LOW) | self._value(Register.SEED_HIGH)):
            raise InputError("seed must be at least 1 to start from, not 0")
        if command in _ROW_COMMANDS and not self._row_exists():
            target, row = self._value(Register.TARGET), self._value(Register.ROW)
            raise InputError(f"TARGET and ROW must be the place of a row, not {target:#x} and {row:#x}")
        if command is Command.CALIBRATE and not self._array_exists():
            raise InputError(f"TARGET must be the place of an array, not {self._value(Register.TARGET):#x}")

    def _array_exists(self) -> bool:
        place, layers = self._parts(Register.TARGET), self._config.layers
        return (
            not place["thresholds"] and place["layer"] < len(layers) and place["tile"] < layers[place["layer"]].arrays
        )

    def _row_exists(self) -> bool:
        place = {**self._parts(Register.TARGET), **self._parts(Register.ROW)}
        layers = self._config.hidden_layers if place["thresholds"] else self._config.layers
        if place["layer"] >= len(layers):
            return False
        layer = layers[place["layer"]]
        if place["thresholds"]:
            sizes = {"tile": layer.col_tiles, "group": layer.choices, "line": layer.neuron_lines}
        else:
            sizes = {"tile": layer.arrays, "group": layer.row_groups, "line": layer.group_rows}
            if place["group"] == layer.array_groups:
                sizes["line"] = self._config.sensing.calibration_lines(layer)
        return all(place[name] < size for name, size in sizes.items())

    def _parts(self, register: Register) -> dict[str, int]:
        value = self._value(register)
        return {field.name: value >> field.lowest & (2**field.width - 1) for field in self._entries[register].fields}

    def _value(self, register: Register) -> int:
        """Return the value of a register that keeps what is written to it."""
        if register not in self._kept:
            self._kept[register] = self._registers.read(register)
        return self._kept[register]


def _limits(field: Field) -> tuple[int, int]:
    """Return the smallest and the largest value of a field."""
    if field.limits is not None:
        return field.limits
    if field.signed:
        return -(2 ** (field.width - 1)), 2 ** (field.width - 1) - 1
    return 0, 2**field.width - 1
