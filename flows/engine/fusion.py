"""Instructions on words, fused and put in order."""

import dataclasses
import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from .codes import ELEMENTWISE, Code, Mode

__all__ = ["Fused", "Range", "Surroundings", "byte_sources", "fuse", "needed"]

Integers = npt.NDArray[np.int32]

#: Inputs of a fused instruction, whose results are a table of 8 bits; the masks are the tables of its inputs.
_INPUTS = 3
_MASKS = (0xF0, 0xCC, 0xAA)
_ALL = 0xFF

#: Most inputs of a fused instruction that are bytes, one for each result.
_MOST_BYTES = 2

#: Choices of inputs kept for each instruction.
_CHOICES = 8

#: Words of the cache that parts of a group's nets may fill, and the sizes of a part.
_CACHED = 768
_STRIPS = (4, 64)

#: Words left free before a vector of at least so many.
_PAD, _LARGE = 9, 32

#: Operand of an instruction: mode and slot.
_Operand = tuple[int, int]

#: Bits of an instruction's member `strip`: which of its operands and its result are kept for a part of the nets.
_OWN = (1, 2, 4)
_OWN_RESULT = 8

_UNUSED = (int(Mode.BYTE), 0)


#: Mode, slot and number of nets.
Range = tuple[int, int, int]


@dataclasses.dataclass
class Surroundings:
    """Other writers and readers of nets, as ranges of mode, slot and number of nets."""

    inputs: Sequence[Range]
    """Words of inputs."""

    states: Sequence[Range]
    """Words of flip-flops, by their moves."""

    moves: Sequence[Range]
    """Nets that these moves read."""

    writes: Sequence[Sequence[Range]]
    """Nets that each write port reads."""

    outputs: Sequence[Range]
    """Outputs."""

    stores: int
    """Number of memories, each of the netlist in two."""


@dataclasses.dataclass
class Fused:
    """Instructions on words in groups, and where what they read comes from.

    Sources have numbers: those of the instructions, then the moves, the memories, and the watched ranges.
    """

    instructions: Integers
    """Instructions, shape (n, 12)."""

    groups: Integers
    """Groups, shape (n, 4): first instruction, end, nets and nets of a part, 0 where these are not elementwise."""

    sources: Integers
    """Sources of what is read, for each operand of each instruction, each move, each write port, and all outputs."""

    ends: Integers
    """End of each of these lists, which begins where the one before ends."""

    watched: Integers
    """Ranges that are compared with what they were: mode, slot, nets, 0."""

    part: int
    """Words that the parts of a group's nets need."""

    slots: Integers
    """New slot of each word, -1 where it is none."""

    words: int
    """Number of words."""


@dataclasses.dataclass(frozen=True)
class _Choice:
    """Inputs from which a result can be computed at once, and its table."""

    inputs: tuple[_Operand, ...]
    table: int
    cost: float


@functools.cache
def _spread(table: int, places: tuple[int, ...]) -> int:
    """Return ``table`` with its k-th input at place ``places[k]``."""
    found = 0
    for row in range(1 << _INPUTS):
        own = 0
        for index, place in enumerate(places):
            own |= (row >> (_INPUTS - 1 - place) & 1) << (_INPUTS - 1 - index)
        found |= (table >> own & 1) << row
    return found


def _depends(table: int, place: int) -> bool:
    """Return whether ``table`` depends on its input ``place``."""
    mask, shift = _MASKS[place], 1 << (_INPUTS - 1 - place)
    return (table & mask) >> shift != table & (mask >> shift)


def _combined(code: int, a: int, b: int, c: int) -> int:
    """Return the table of ``code`` over three tables."""
    match code:
        case Code.COPY:
            return a
        case Code.NOT:
            return a ^ _ALL
        case Code.AND:
            return a & b
        case Code.OR:
            return a | b
        case Code.XOR:
            return a ^ b
        case Code.XNOR:
            return a ^ b ^ _ALL
        case Code.MUX:
            return a ^ (c & (a ^ b))
    raise ValueError(code)


#: Operands of instructions that have not two.
_OPERANDS = {
    **dict.fromkeys((Code.COPY, Code.NOT, Code.READ, Code.ALL, Code.ANY, Code.PARITY), 1),
    **dict.fromkeys((Code.MUX, Code.TABLE), 3),
}


class _Fusion:
    """Cover of elementwise instructions by tables of three inputs."""

    def __init__(self, rows: list[list[int]], uniform: list[list[int]], lists: Integers, words: int):
        self.rows, self.lists = rows, lists
        self.maker = np.full(words, -1, dtype=np.int32)
        self.simple = [row[0] in ELEMENTWISE for row in rows]
        for index, row in enumerate(rows):
            self.maker[row[2] : row[2] + row[1]] = index
        self.inverted = {
            (row[2], row[1]): (row[3] + 2 if row[1] > 1 else int(Mode.BYTE), row[4])
            for row in uniform
            if row[0] == Code.NOT
        }
        self.choices: list[list[_Choice]] = []
        self.readers = np.zeros(len(rows), dtype=np.int64)
        for row, simple in zip(rows, self.simple, strict=True):
            for operand in self.operands(row) if simple else ():
                maker = self.exact(operand, row[1])
                if maker >= 0:
                    self.readers[maker] += 1

    @staticmethod
    def operands(row: list[int]) -> list[_Operand]:
        """Return mode and slot of the operands of an elementwise instruction."""
        return [(row[place], row[place + 1]) for place in range(3, 3 + 2 * _OPERANDS.get(Code(row[0]), 2), 2)]

    def exact(self, operand: _Operand, count: int) -> int:
        """Return the elementwise instruction whose results are this operand, -1 where there is none."""
        mode, slot = operand
        if mode != Mode.VECTOR and not (mode == Mode.SINGLE and count == 1):
            return -1
        maker = int(self.maker[slot])
        if maker < 0 or not self.simple[maker] or self.rows[maker][1] != count or self.rows[maker][2] != slot:
            return -1
        return maker

    def choose(self) -> None:
        """Find the choices of all instructions, the best first."""
        for row, simple in zip(self.rows, self.simple, strict=True):
            self.choices.append(self._choices(row) if simple else [])

    def _choices(self, row: list[int]) -> list[_Choice]:
        offered: list[list[_Choice]] = []
        for operand in self.operands(row):
            maker = self.exact(operand, row[1])
            own = _Choice((operand,), _MASKS[0], 0.0)
            if maker >= 0:
                mode = int(Mode.VECTOR) if row[1] > 1 else int(Mode.SINGLE)
                own = _Choice(((mode, operand[1]),), _MASKS[0], self._cost(maker))
                offered.append([own, *self.choices[maker]])
                continue
            inner = self._below(operand, row[1])
            offered.append([own if inner is None else _Choice((inner,), _MASKS[0] ^ _ALL, 0.0)])
        found: dict[tuple[tuple[_Operand, ...], int], _Choice] = {}
        for some in itertools.product(*offered):
            inputs = tuple(dict.fromkeys(itertools.chain.from_iterable(each.inputs for each in some)))
            if len(inputs) > _INPUTS:
                continue
            tables = [_spread(each.table, tuple(inputs.index(own) for own in each.inputs)) for each in some]
            table = _combined(row[0], *tables, *[0] * (_INPUTS - len(tables)))
            kept = tuple(place for place in range(len(inputs)) if _depends(table, place))
            if sum(inputs[place][0] == Mode.BYTES for place in kept) > _MOST_BYTES:
                continue
            if len(kept) < len(inputs):
                # The table with the inputs that count moved to the first places.
                order = [*kept, *(place for place in range(_INPUTS) if place not in kept)]
                back = [0] * _INPUTS
                for new, old in enumerate(order):
                    back[old] = new
                table = _spread(table, tuple(back))
                inputs = tuple(inputs[place] for place in kept)
            if (inputs, table) not in found:
                cost = sum(self._cost(self.exact(own, row[1])) for own in inputs)
                found[inputs, table] = _Choice(inputs, table, cost)
        return sorted(found.values(), key=lambda each: (each.cost, len(each.inputs)))[:_CHOICES]

    def _cost(self, maker: int) -> float:
        if maker < 0:
            return 0.0
        return (1 + self.choices[maker][0].cost) / max(1, int(self.readers[maker]))

    def _below(self, operand: _Operand, count: int) -> _Operand | None:
        """Return what bytes are the inverse of."""
        mode, slot = operand
        if mode == Mode.BYTES:
            own = self.inverted.get((slot, count))
            return own if own is not None and own[0] == Mode.BYTES else None
        if mode == Mode.BYTE:
            own = self.inverted.get((slot, 1))
            return own if own is not None and own[0] == Mode.BYTE else None
        return None


def _slots(mode: int, slot: int, count: int) -> Integers:
    return np.arange(slot, slot + (count if mode in (Mode.VECTOR, Mode.BYTES) else 1), dtype=np.int32)


def _read(row: Sequence[int], lists: Integers) -> list[tuple[Integers, Integers]]:
    """Return the slots that each operand of an instruction reads: in the space of the result, and among the bytes."""
    code, count = Code(row[0]), row[1]
    if code == Code.GATHER:
        own = lists[row[9] : row[9] + count]
        return [(own[own >= 0], ~own[own < 0])]
    if code in (Code.LESS, Code.EQUAL, Code.ALL, Code.ANY, Code.PARITY):
        count = row[9]
    elif code == Code.READ:
        count = row[8]
    found = []
    for place in range(3, 3 + 2 * _OPERANDS.get(code, 2), 2):
        mode = row[place]
        own = _slots(mode, row[place + 1], count)
        found.append((own, own[:0]) if mode < Mode.BYTES else (own[:0], own))
    return found


def needed(
    uniform: Sequence[list[int]],
    varying: Integers,
    lists: Integers,
    read: Iterable[Range],
    count: int,
) -> list[list[int]]:
    """Return those of the instructions ``uniform`` on bytes whose results something reads.

    Parameters
    ----------
    uniform
        Instructions on bytes, each after those that it reads.
    varying
        Instructions on words.
    lists
        Lists of slots.
    read
        What else reads bytes: mode, slot and number of nets.
    count
        Number of bytes.
    """
    wanted = np.zeros(count, dtype=bool)
    for each in read:
        if each[0] >= Mode.BYTES:
            wanted[_slots(*each)] = True
    for row in varying.tolist():
        for _, own in _read(row, lists):
            wanted[own] = True
    kept = []
    for row in reversed(uniform):
        if wanted[row[2] : row[2] + row[1]].any():
            kept.append(row)
            for own, _ in _read(row, lists):
                wanted[own] = True
    return kept[::-1]


def byte_sources(
    uniform: Sequence[Sequence[int]],
    lists: Integers,
    inputs: Sequence[tuple[int, int]],
    states: Sequence[tuple[int, int]],
    stores: int,
    count: int,
) -> tuple[Integers, Integers]:
    """Return the sources of each instruction on bytes, and the end of each of these lists.

    Sources are the instructions, the moves of flip-flops, the memories, and the inputs, in this order.

    Parameters
    ----------
    uniform
        Instructions on bytes.
    lists
        Lists of slots.
    inputs, states
        Slot and number of bytes of each input, and of each move's flip-flops.
    stores
        Number of memories.
    count
        Number of bytes.
    """
    source = np.full(count, -1, dtype=np.int32)
    for index, row in enumerate(uniform):
        source[row[2] : row[2] + row[1]] = index
    for index, (slot, size) in enumerate(states):
        source[slot : slot + size] = len(uniform) + index
    first_store = len(uniform) + len(states)
    for index, (slot, size) in enumerate(inputs):
        source[slot : slot + size] = first_store + stores + index
    found = []
    for row in uniform:
        own = set(source[np.concatenate([slots for slots, _ in _read(row, lists)])].tolist())
        if row[0] == Code.READ:
            own.add(first_store + row[9])
        found.append(sorted(own - {-1}))
    ends = np.cumsum([len(own) for own in found], dtype=np.int32).astype(np.int32)
    return np.array(list(itertools.chain.from_iterable(found)), dtype=np.int32), ends


def fuse(rows: list[list[int]], uniform: list[list[int]], lists: Integers, words: int, around: Surroundings) -> Fused:
    """Return the instructions ``rows``, of which several elementwise ones become one.

    Parameters
    ----------
    rows
        Instructions on words, each after those that it reads.
    uniform
        Instructions on bytes.
    lists
        Lists of slots of the instructions `GATHER`.
    words
        Number of words.
    around
        What else writes and reads.
    """
    fusion = _Fusion(rows, uniform, lists, words)
    fusion.choose()
    wanted = np.zeros(words, dtype=bool)
    for each in _all_read(around):
        if each[0] < Mode.BYTES:
            wanted[_slots(*each)] = True
    made: list[list[int]] = []
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        if not wanted[row[2] : row[2] + row[1]].any():
            continue
        new = _table_row(row, fusion.choices[index][0]) if fusion.simple[index] else list(row)
        made.append(new)
        for own, _ in _read(new, lists):
            wanted[own] = True
    made.reverse()
    return _Order(made, lists, words, around).result()


def _all_read(around: Surroundings) -> Iterator[Range]:
    yield from around.moves
    yield from itertools.chain.from_iterable(around.writes)
    yield from around.outputs


def _table_row(row: list[int], choice: _Choice) -> list[int]:
    """Return the fused instruction: inputs that are bytes for each result last, those not used as the constant."""
    modes = [mode for mode, _ in choice.inputs]
    order = sorted(range(len(modes)), key=lambda place: modes[place] == Mode.BYTES)
    unused = _INPUTS - len(order)
    operands = [_UNUSED] * unused + [choice.inputs[place] for place in order]
    places = [0] * len(order)
    for new, old in enumerate(order):
        places[old] = unused + new
    table = _spread(choice.table, tuple(places))
    parts = [part for operand in operands for part in operand]
    return [int(Code.TABLE), row[1], row[2], *parts, table, 0, 0]


class _Order:
    """Groups of instructions, their order and the words that they need."""

    def __init__(self, rows: list[list[int]], lists: Integers, words: int, around: Surroundings):
        self.rows, self.lists, self.around = rows, lists, around
        self.maker = np.full(words, -1, dtype=np.int32)
        for index, row in enumerate(rows):
            self.maker[row[2] : row[2] + row[1]] = index
        self.source = self.maker.copy()
        for index, (_, slot, count) in enumerate(around.states):
            self.source[slot : slot + count] = len(rows) + index
        self.first_store = len(rows) + len(around.states)
        self.first_watched = self.first_store + around.stores
        self.watched: dict[Range, int] = {}
        for each in around.inputs:
            self.source[_slots(*each)] = self._watch(each)
        self.group: list[list[int]] = []

    def result(self) -> Fused:
        """Return the fused instructions."""
        self._group()
        inside = self._inside()
        order = [index for members in self.group for index in members]
        sources = self._sources(order)
        # What nothing writes any more has no place either.
        kept = np.asarray(self.source) >= 0
        for index in inside:
            first, count = self.rows[index][2], self.rows[index][1]
            kept[first : first + count] = False
        places = np.cumsum(kept + self._padding(kept), dtype=np.int32) - 1
        slots = np.where(kept, places, -1).astype(np.int32)
        part, groups = self._parts(inside, slots)
        words = len(self.around.inputs)
        return Fused(
            instructions=np.array([self.rows[index] for index in order], dtype=np.int32).reshape(-1, 12),
            groups=np.array(groups, dtype=np.int32).reshape(-1, 4),
            sources=np.concatenate([np.empty(0, dtype=np.int32), *sources]).astype(np.int32),
            ends=np.cumsum([len(own) for own in sources], dtype=np.int32).astype(np.int32),
            watched=np.array(
                [
                    [mode, int(slots[slot]) if index < words else slot, count, 0]
                    for index, (mode, slot, count) in enumerate(self.watched)
                ],
                dtype=np.int32,
            ).reshape(-1, 4),
            part=part,
            slots=slots,
            words=int(places[-1]) + 1 if len(places) else 0,
        )

    def _padding(self, kept: npt.NDArray[np.bool_]) -> Integers:
        """Return the words that are left free before each, so that large vectors do not share lines of a cache."""
        joined = np.zeros(len(kept) + 1, dtype=np.int32)
        reads = [own for row in self.rows if row[0] != Code.GATHER for own, _ in _read(row, self.lists)]
        around = (*_all_read(self.around), *self.around.inputs, *self.around.states)
        reads += [_slots(*each) for each in around if each[0] < Mode.BYTES]
        for own in reads:
            if len(own) > 1:
                joined[own[0] + 1] += 1
                joined[own[-1] + 1] -= 1
        inner = np.cumsum(joined)[: len(kept)] > 0
        padding = np.zeros(len(kept), dtype=np.int32)
        for row in self.rows:
            if row[1] >= _LARGE and not inner[row[2]]:
                padding[row[2]] = _PAD
        for _, slot, count in self.around.states:
            if count >= _LARGE and not inner[slot]:
                padding[slot] = _PAD
        return np.where(kept, padding, 0).astype(np.int32)

    def _watch(self, each: Range) -> int:
        return self.watched.setdefault(each, self.first_watched + len(self.watched))

    def _sources(self, order: Sequence[int]) -> list[Integers]:
        """Return the list of sources of each operand of each instruction in ``order``, and of all else that reads."""
        lists: list[Integers] = []
        for index in order:
            row = self.rows[index]
            own = [self._sources_of(*read) for read in _read(row, self.lists)]
            own += [np.empty(0, dtype=np.int32)] * (_INPUTS - len(own))
            if row[0] == Code.READ:
                own[-1] = np.array([self.first_store + row[9]], dtype=np.int32)
            lists += own
        around = self.around
        for some in (*([each] for each in around.moves), *around.writes, around.outputs):
            parts = [(_slots(*each), each[0]) for each in some]
            empty = np.empty(0, dtype=np.int32)
            words = np.concatenate([empty, *(own for own, mode in parts if mode < Mode.BYTES)])
            octets = np.concatenate([empty, *(own for own, mode in parts if mode >= Mode.BYTES)])
            lists.append(self._sources_of(words, octets))
        number = np.arange(self.first_watched + len(self.watched), dtype=np.int32)
        number[order] = np.arange(len(order), dtype=np.int32)
        return [number[own] for own in lists]

    def _sources_of(self, words: Integers, octets: Integers) -> Integers:
        found = np.unique(self.source[words])
        found = found[found >= 0]
        # The lowest two bytes are constants.
        changing = np.unique(octets[octets > 1])
        if not len(changing):
            return found
        runs = np.split(changing, np.flatnonzero(np.diff(changing) > 1) + 1)
        watched = [self._watch((int(Mode.BYTES), int(run[0]), len(run))) for run in runs]
        return np.concatenate([found, np.array(watched, dtype=np.int32)]).astype(np.int32)

    def _made_by(self, slots: npt.NDArray[np.integer]) -> Integers:
        found = np.unique(self.maker[slots])
        return found[found >= 0].astype(np.int32)

    def _group(self) -> None:
        """Order instructions so that those of which one reads what the other made, net by net, are together."""
        self._makers = [[self._made_by(own) for own, _ in _read(row, self.lists)] for row in self.rows]
        self._joined: list[list[int]] = []
        levels: list[int] = []
        leader = list(range(len(self.rows)))

        def find(index: int) -> int:
            while leader[index] != index:
                leader[index] = leader[leader[index]]
                index = leader[index]
            return index

        for index, row in enumerate(self.rows):
            level, joined = 0, []
            for place, own in enumerate(self._makers[index]):
                exact = len(own) == 1 and self._exact(row, place, int(own[0]))
                if exact:
                    joined.append(int(own[0]))
                for maker in own.tolist():
                    level = max(level, levels[maker] + (not exact))
            levels.append(level)
            self._joined.append(joined)
            for maker in joined:
                if levels[maker] == level:
                    leader[find(index)] = find(maker)
        members: dict[int, list[int]] = {}
        for index in range(len(self.rows)):
            members.setdefault(find(index), []).append(index)
        self.group = sorted(members.values(), key=lambda each: (levels[each[0]], each[0]))

    def _exact(self, row: list[int], place: int, maker: int) -> bool:
        own = self.rows[maker]
        if row[0] != Code.TABLE or own[0] != Code.TABLE or own[1] != row[1] or own[2] != row[4 + 2 * place]:
            return False
        return row[3 + 2 * place] == Mode.VECTOR or row[1] == 1

    def _inside(self) -> set[int]:
        """Return the instructions whose results only their own group reads, net by net."""
        of_group = np.empty(len(self.rows), dtype=np.int32)
        for number, members in enumerate(self.group):
            of_group[members] = number
        elsewhere = np.zeros(len(self.rows), dtype=bool)
        for each in _all_read(self.around):
            if each[0] < Mode.BYTES:
                elsewhere[self._made_by(_slots(*each))] = True
        for index, lists in enumerate(self._makers):
            joined = set(self._joined[index])
            for own in lists:
                for maker in own.tolist():
                    if maker not in joined or of_group[maker] != of_group[index]:
                        elsewhere[maker] = True
        return {index for index, row in enumerate(self.rows) if row[0] == Code.TABLE and not elsewhere[index]}

    def _parts(self, inside: set[int], slots: Integers) -> tuple[int, list[list[int]]]:
        """Give instructions their new slots, and return the words of parts and the groups."""
        most, first = 0, 0
        groups: list[list[int]] = []
        for members in self.group:
            last: dict[int, int] = {}
            for index in members:
                for maker in self._joined[index]:
                    last[maker] = index
            place: dict[int, int] = {}
            free: list[int] = []
            used = 0
            for index in members:
                row = self.rows[index]
                flags = 0
                ended = set()
                for which, own in enumerate(self._makers[index]):
                    inner = int(own[0]) if len(own) == 1 else -1
                    if inner in inside and row[0] == Code.TABLE:
                        flags |= _OWN[which]
                        row[4 + 2 * which] = place[inner]
                        if last[inner] == index:
                            ended.add(place[inner])
                    else:
                        self._renumber(row, which, slots)
                free += sorted(ended, reverse=True)
                if index in inside:
                    flags |= _OWN_RESULT
                    if not free:
                        free.append(used)
                        used += 1
                    place[index] = free.pop()
                    row[2] = place[index]
                else:
                    row[2] = int(slots[row[2]])
                row[10] = flags
            rows = [self.rows[index] for index in members]
            simple = rows[0][0] == Code.TABLE
            count, strip = rows[0][1], 0
            if simple:
                strip = min(count, max(_STRIPS[0], min(_STRIPS[1], _CACHED // max(1, used) // 4 * 4)))
                for row in rows:
                    row[2] *= strip if row[10] & _OWN_RESULT else 1
                    for which, flag in enumerate(_OWN):
                        row[4 + 2 * which] *= strip if row[10] & flag else 1
            most = max(most, used * strip)
            if not simple and groups and not groups[-1][3]:
                groups[-1][1] += len(members)
            else:
                groups.append([first, first + len(members), count if simple else 0, strip])
            first += len(members)
        return most, groups

    @staticmethod
    def _renumber(row: list[int], which: int, slots: Integers) -> None:
        if row[0] != Code.GATHER and row[3 + 2 * which] in (Mode.VECTOR, Mode.SINGLE):
            row[4 + 2 * which] = int(slots[row[4 + 2 * which]])
