"""Register file generated from the register map."""

import functools
import operator
from collections.abc import Iterator

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.hdl import ShapeLike
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..contract import ADDRESS_WIDTH, WORD_WIDTH, Access, Field, Register, RegisterEntry

__all__ = ["RegisterFile"]

#: Bits of a byte address within a word.
_BYTE_BITS = 2

_KEPT = (Access.WRITE, Access.LOAD)


class RegisterFile(wiring.Component):
    """Register file that follows its description.

    Reads and checks combinationally, writes in one cycle.

    Parameters
    ----------
    registers : sequence of :class:`RegisterEntry`
        Description of the registers.

    Members
    -------
    address : :py:`In(12)`
        Byte address of the register that is accessed.
    current : :py:`Out(32)`
        Its value.
    exists, readable, keeps, whole : :py:`Out(1)`
        There is a register; it can be read; bytes that are not written keep their value; it takes whole words only.
    value : :py:`In(32)`
        Value to write.
    running : :py:`In(1)`
        The core is not both disabled and idle: locked registers cannot be written.
    writable : :py:`Out(1)`
        ``value`` may be written now.
    write : :py:`In(1)`
        Write ``value``, which may be written.
    load : :py:`In(1)`
        Load all registers that a command loads.
    <register>_<field> : :py:`Out(…)` or :py:`In(…)`
        Each field: its value, kept or shown; in a register of flags, the condition that sets the flag.
    <register>_<field>_loaded : :py:`In(…)`
        Value that ``load`` puts there.
    <register>_<field>_set : :py:`Out(1)`
        Flag of a register of flags.
    """

    def __init__(self, registers: tuple[RegisterEntry, ...]):
        self._registers = registers
        members = {
            "address": In(ADDRESS_WIDTH),
            "current": Out(WORD_WIDTH),
            "exists": Out(1),
            "readable": Out(1),
            "keeps": Out(1),
            "whole": Out(1),
            "value": In(WORD_WIDTH),
            "running": In(1),
            "writable": Out(1),
            "write": In(1),
            "load": In(1),
        }
        for entry, field in self._fields():
            name = _name(entry.name, field.name)
            if entry.access in _KEPT:
                members[name] = Out(_shape(field), init=field.reset)
            elif entry.access not in (Access.CONSTANT, Access.COMMAND):
                members[name] = In(_shape(field))
            if entry.access is Access.LOAD:
                members[f"{name}_loaded"] = In(_shape(field))
            if entry.access is Access.CLEAR:
                members[f"{name}_set"] = Out(1)
        super().__init__(members)

    def __getitem__(self, place: tuple[Register | str, str]) -> Value:
        """Return the port of a field, given as (register, field)."""
        register, field = place
        name = register.name if isinstance(register, Register) else register
        return getattr(self, _name(name, field))

    def loaded(self, register: Register, field: str) -> Value:
        """Return the port of the value that a command loads into a field."""
        return getattr(self, f"{_name(register.name, field)}_loaded")

    def fields(self, register: Register) -> Value:
        """Return the ports of all fields of ``register``, lowest first."""
        return Cat(self[register, field.name] for entry, field in self._fields() if entry.address == register)

    def flags(self, register: Register) -> Value:
        """Return the flags of ``register``."""
        return Cat(
            getattr(self, f"{_name(entry.name, field.name)}_set")
            for entry, field in self._fields()
            if entry.address == register
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        flags = {
            _name(entry.name, field.name): getattr(self, f"{_name(entry.name, field.name)}_set")
            for entry, field in self._fields()
            if entry.access is Access.CLEAR
        }
        with m.Switch(self.address[_BYTE_BITS:]):
            for entry in self._registers:
                with m.Case(entry.address >> _BYTE_BITS):
                    m.d.comb += [
                        self.exists.eq(1),
                        self.readable.eq(entry.access is not Access.COMMAND),
                        self.keeps.eq(entry.access in _KEPT),
                        self.whole.eq(entry.access.whole),
                        self.current.eq(_word(self._shown(entry, flags))),
                        self.writable.eq(self._may_be_written(entry)),
                    ]
                    if entry.access in _KEPT:
                        with m.If(self.write):
                            for field in entry.fields:
                                m.d.sync += self[entry.name, field.name].eq(self._written(field))
                    if entry.access is Access.CLEAR:
                        with m.If(self.write):
                            for field in entry.fields:
                                flag = flags[_name(entry.name, field.name)]
                                m.d.sync += flag.eq(flag & ~self._written(field))

        with m.If(self.load):
            for entry, field in self._fields():
                if entry.access is Access.LOAD:
                    name = _name(entry.name, field.name)
                    m.d.sync += getattr(self, name).eq(getattr(self, f"{name}_loaded"))
        # An event in the cycle that clears its flag is not lost.
        for name, flag in flags.items():
            with m.If(getattr(self, name)):
                m.d.sync += flag.eq(1)

        return m

    def _fields(self) -> Iterator[tuple[RegisterEntry, Field]]:
        return ((entry, field) for entry in self._registers for field in entry.fields)

    def _shown(self, entry: RegisterEntry, flags: dict[str, Signal]) -> Iterator[tuple[Field, Value]]:
        """Yield the read value of each field."""
        for field in entry.fields:
            if entry.access is Access.CONSTANT:
                yield field, Const(field.reset, field.width)
            elif entry.access is Access.CLEAR:
                yield field, flags[_name(entry.name, field.name)]
            elif entry.access is not Access.COMMAND:
                yield field, self[entry.name, field.name]

    def _written(self, field: Field) -> Value:
        return self.value[field.lowest : field.lowest + field.width]

    def _may_be_written(self, entry: RegisterEntry) -> Value:
        if entry.access in (Access.CONSTANT, Access.READ):
            return Const(0, 1)
        conditions = [~self.running] if entry.locked else []
        # Writing ones everywhere clears all flags.
        if entry.access is not Access.CLEAR:
            used = sum((1 << field.width) - 1 << field.lowest for field in entry.fields)
            if not any(field.signed for field in entry.fields):
                unused = [bit for index, bit in enumerate(self.value) if not used >> index & 1]
                conditions += [~Cat(unused).any()] if unused else []
            for field in entry.fields:
                conditions += self._in_range(field)
        return functools.reduce(operator.and_, conditions, Const(1, 1))

    def _in_range(self, field: Field) -> Iterator[Value]:
        """Yield the conditions for writing a field, its bits being the only ones."""
        if field.signed:
            high = self.value[field.width - 1 :]
            yield high.all() | ~high.any()
        if field.limits is not None:
            smallest, largest = field.limits
            if smallest > 0:
                yield self._written(field) >= smallest
            if largest < 2**field.width - 1:
                yield self._written(field) <= largest


def _name(register: str, field: str) -> str:
    return f"{register.lower()}_{field}"


def _shape(field: Field) -> ShapeLike:
    return field.width


def _word(fields: Iterator[tuple[Field, Value]]) -> Value:
    """Place fields, lowest first, in a word."""
    parts: list[Value] = []
    place = 0
    for field, value in fields:
        if field.lowest > place:
            parts.append(Const(0, field.lowest - place))
        parts.append(value)
        place = field.lowest + field.width
        if field.signed:
            parts.append(value[-1].replicate(WORD_WIDTH - place))
            place = WORD_WIDTH
    if place < WORD_WIDTH:
        parts.append(Const(0, WORD_WIDTH - place))
    return Cat(parts)
