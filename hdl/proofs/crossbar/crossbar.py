"""Proofs of the crossbar."""

from collections.abc import Iterator

from amaranth import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Assume, Cover
from amaranth.lib import data

from ...config import CoreConfig, HardwareConfig, Layer
from ...config.geometries import geometry
from ...crossbar import Crossbar
from ...streams import PassTag, index_width
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..counting import agreement, count_ones
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Bits by which the reference sum is wider than the block's.
_SPARE = 4

#: Beats of counts that can be held.
_PLACES = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.Crossbar`."""
    for config, pipeline in (
        (geometry("two_passes"), 0),
        (geometry("padded_small"), 0),
        (geometry("padded_small"), 3),
        (geometry("grouped_pairs"), 0),
        (geometry("grouped_pairs"), 3),
    ):
        layer = config.layers[0]
        built = config.model_copy(update={"hardware": HardwareConfig(pipeline=pipeline)})
        yield Proof(
            block="crossbar",
            name=f"protocol_{config.name}_{pipeline}",
            claim=f"each vector has {_beats(layer)} while "
            "fewer than two wait to be taken, and no sum that waits is added to; a row is programmed or read back only "
            "between two vectors, never both and never beside a read; counts and replies keep valid and payload until "
            "taken",
            sizes=f"`{config.name}`, layer 0: {layer.reads} reads, {_columns(layer)}{layer.arrays} arrays, "
            f"{pipeline} pipeline stages",
            method=Method.INDUCTION,
            bench=lambda built=built: Bench(  # type: ignore[misc]
                Crossbar(built, built.layers[0]),
                lambda m, dut, internals: _Controller(built, m, dut).claim(internals),
            ),
            cover_depth=2 * layer.reads * layer.column_groups + 2 * layer.column_folds + pipeline + 3,
            fast=config is geometry("two_passes"),
        )
    for config in (geometry("two_passes"), geometry("padded_small")):
        layer = config.layers[0]
        yield Proof(
            block="crossbar",
            name=f"counts_{config.name}",
            claim="the counts of a beat are Σ 2^i Σ XNOR of the weights last programmed and the bits of the word lines "
            "that hold inputs, without overflow",
            sizes=f"`{config.name}`, layer 0: {layer.inputs} inputs of {layer.input_bits} bits, {layer.outputs} "
            f"outputs, {layer.row_tiles} × {layer.col_tiles} arrays",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                Crossbar(config, config.layers[0]), lambda m, dut, internals: _counts(config, m, dut, internals)
            ),
            cover_depth=layer.reads + 5,
            fast=config is geometry("two_passes"),
        )


def _beats(layer: Layer) -> str:
    """Return how a vector becomes beats of counts, in the words of a claim."""
    if layer.column_groups == 1:
        return "all its reads in order and then one beat with the tag of the last; it begins"
    return (
        "for one group of columns after the other all its reads in order and then one beat with the tag of the last; "
        "a beat begins"
    )


def _columns(layer: Layer) -> str:
    return "" if layer.column_groups == 1 else f"{layer.column_groups} groups of columns, "


class _Controller:
    """Reference for the reads in flight."""

    def __init__(self, config: CoreConfig, m: Module, dut: Crossbar):
        self._m, self._dut, self._layer = m, dut, config.layers[0]
        layer = self._layer
        assume_kept(m, dut.command)
        self.place = Signal(range(max(2, layer.reads)))
        self.final = self.place == layer.reads - 1
        self.column = Signal(range(max(2, layer.column_groups)))
        self.begins = (self.place == 0) & (self.column == 0)
        self.last_column = self.column == layer.column_groups - 1
        # A vector that was begun stays until its last read.
        m.d.comb += Assume(implies(~self.begins, dut.i.valid))
        with m.If(dut.i.read & self.final):
            m.d.sync += self.column.eq(Mux(self.last_column, 0, self.column + 1))
        with m.If(dut.i.read):
            m.d.sync += self.place.eq(Mux(self.final, 0, self.place + 1))

        # A read advances a stage a cycle. The last read of a vector finishes its sum, which waits until the output is
        # empty.
        stages = config.hardware.pipeline + 1
        self._registered = config.hardware.reads_registered
        self.reading = [Signal(name=f"reading_{index}") for index in range(stages)]
        self.places = [Signal.like(self.place, name=f"place_{index}") for index in range(stages)]
        self.tags = [Signal(PassTag(config), name=f"tag_{index}") for index in range(stages)]
        m.d.sync += [to.eq(value) for to, value in zip(self.reading, [dut.i.read, *self.reading], strict=False)]
        m.d.sync += [to.eq(value) for to, value in zip(self.places, [self.place, *self.places], strict=False)]
        m.d.sync += [to.eq(value) for to, value in zip(self.tags, [dut.i.tag, *self.tags], strict=False)]
        self.finals = [
            reading & (place == layer.reads - 1) for reading, place in zip(self.reading, self.places, strict=True)
        ]
        self.finished, self.given, self.moves = Signal(), Signal(), Signal()
        finished_tag, self.tag = Signal(PassTag(config)), Signal(PassTag(config))
        m.d.comb += self.moves.eq(self.finished & ~self.given)
        m.d.sync += [
            self.finished.eq(self.finals[-1] | (self.finished & ~self.moves)),
            self.given.eq(self.moves | (self.given & ~dut.o.ready)),
        ]
        with m.If(self.finals[-1]):
            m.d.sync += finished_tag.eq(self.tags[-1])
        with m.If(self.moves):
            m.d.sync += self.tag.eq(finished_tag)
        self.finished_tag = finished_tag

        # Beats with an issued read whose counts were not taken.
        self.outstanding = Signal(range(_PLACES + 2))
        begins = dut.i.read & (self.place == 0)
        m.d.sync += self.outstanding.eq(self.outstanding + begins - transferred(dut.o))
        self.room = (self.place != 0) | (self.outstanding < _PLACES)

    def claim(self, internals: Internals) -> None:
        """Claim that the block follows the reference, and accesses rows only between vectors."""
        m, dut = self._m, self._dut
        for stream in (dut.o, dut.reply):
            claim_kept(m, stream)
        rows = internals["rows"]
        touched = rows.signal("write").any() | rows.signal("read").any()
        m.d.comb += [
            Assert(implies(dut.i.read, dut.i.valid & self.room)),
            Assert(implies(dut.i.read, self.group(dut.i.group, self.place) & self.plane(dut.i.plane, self.place))),
            Assert(dut.i.done == (self.final & self.last_column)),
            Assert(dut.o.valid == self.given),
            Assert(implies(self.finished & ~self.moves, ~self.reading[-1])),
            Assert(implies(dut.o.valid, dut.o.p.tag.as_value() == self.tag.as_value())),
            Assert(~(rows.signal("write").any() & rows.signal("read").any())),
            Assert(implies(touched, self.begins & ~dut.i.read & ~Cat(self.reading).any())),
            Assert(implies(dut.command.valid & self.begins, ~dut.i.read)),
            Assert(implies(dut.i.valid & ~(dut.command.valid & self.begins) & self.room, dut.i.read)),
            Cover(transferred(dut.o) & dut.i.read),
            Cover(self.outstanding == _PLACES),
            Cover(self.finished & self.given & dut.i.valid),
            Cover(past(m, transferred(dut.reply)) & dut.i.read),
            Cover(transferred(dut.reply) & ~dut.reply.p.error & dut.command.p.write),
        ]
        self.know(internals)

    def know(self, internals: Internals) -> None:
        """Assert the inductive invariants."""
        m = self._m
        waiting = sum([self.place != 0, *self.finals, self.finished], self.given)
        m.d.comb += [
            Assert(self.given == self._dut.o.valid),
            Assert(self.finished == internals.signal("finished")),
            Assert(implies(self.finished, internals.signal("tag") == self.finished_tag.as_value())),
            Assert(self.outstanding == internals["reads"].signal("outstanding")),
            Assert((self.outstanding == waiting) & (waiting <= _PLACES)),
            Assert(internals["reads"].signal("last_group") == self.group(Const(self._layer.groups - 1), self.place)),
            Assert(internals["reads"].signal("last_plane") == self.plane(Const(0), self.place)),
            Assert(self.place < self._layer.reads),
            Assert(self.group(self._dut.i.group, self.place)),
            Assert(self.plane(self._dut.i.plane, self.place)),
        ]
        answering = ~internals["rows"].in_state("WAIT")
        if self._layer.column_groups > 1:
            reads = internals["reads"]
            m.d.comb += [
                Assert(self.column < self._layer.column_groups),
                Assert(reads.signal("column") == self.column),
                Assert(reads.signal("last") == self.last_column),
                Assert(reads.signal("begins") == self.begins),
            ]
        idle = self.begins & ~Cat(self.reading).any()
        m.d.comb += Assert(implies(answering, self._dut.command.valid & idle))
        m.d.comb += [Assert(implies(signal, idle)) for signal in internals.named("idle")]
        if self._layer.column_folds == 1:
            self._know_replies(internals)
        issued = data.View(self._dut._stage, internals.signal("issued"))
        m.d.comb += [Assert(issued.clear == (self.place == 0)), Assert(issued.shift == self.begins_plane(self.place))]
        for index, (reading, place, tag) in enumerate(zip(self.reading, self.places, self.tags, strict=True)):
            stage = data.View(self._dut._stage, internals.signal(f"stage_{index}"))
            m.d.comb += [
                Assert(stage.valid == reading),
                Assert(implies(reading, stage.finish == (place == self._layer.reads - 1))),
                Assert(implies(reading, (stage.clear == (place == 0)) & (stage.shift == self.begins_plane(place)))),
                Assert(implies(reading, stage.tag.as_value() == tag.as_value())),
                Assert(place < self._layer.reads),
                # A vector that is not finished has further reads.
                Assert(implies(reading & ~self.finals[index], Cat(self.finals[:index], self.place != 0).any())),
            ]

    def _know_replies(self, internals: Internals) -> None:
        """Assert that the row in a reply is the word that its store shows, which is stable."""
        m, dut, rows = self._m, self._dut, internals["rows"]
        address, registered = dut.command.p.address, self._registered
        answering = ~rows.in_state("WAIT")
        for tile in range(self._layer.arrays):
            replied = dut.reply.valid & (address.tile == tile)
            m.d.comb += Assert(implies(replied, dut.reply.p.row == internals.signal(f"words__{tile}")))
            if registered:
                array = internals["array_{}_{}".format(*divmod(tile, self._layer.col_tiles))]
                line = array.signal("line_registered")
                m.d.comb += [
                    Assert(implies(answering, line == address.line[: len(line)])),
                    Assert(implies(answering & ~rows.in_state("FETCH_0"), ~array.signal("read_registered"))),
                ]

    def begins_plane(self, place: Value) -> Value:
        """Return whether the read at ``place`` is the first of a bit plane."""
        return Cat(place == read for read in range(0, self._layer.reads, self._layer.groups)).any()

    def group(self, found: Value, place: Value) -> Value:
        """Return whether ``found`` is the group of the read at ``place``."""
        groups = [read % self._layer.groups for read in range(self._layer.reads)]
        return found == Array(groups)[place]

    def plane(self, found: Value, place: Value) -> Value:
        """Return whether ``found`` is the bit plane of the read at ``place``, from the highest."""
        planes = [self._layer.input_bits - 1 - read // self._layer.groups for read in range(self._layer.reads)]
        return found == Array(planes)[place]


def _counts(config: CoreConfig, m: Module, dut: Crossbar, internals: Internals) -> None:
    layer = config.layers[0]
    controller = _Controller(config, m, dut)
    controller.know(internals)
    (reading,), (place,) = controller.reading, controller.places
    rows = internals["rows"]
    command, address = dut.command.p, dut.command.p.address

    # Weights as last programmed; memories keep them through a reset.
    weights = {}
    for tile in range(layer.arrays):
        array = internals["array_{}_{}".format(*divmod(tile, layer.col_tiles))]
        for group in range(layer.array_groups):
            for line in range(layer.rows_per_read):
                row = weights[tile, group, line] = Signal(
                    layer.cols, reset_less=True, name=f"row_{tile}_{group}_{line}"
                )
                here = (address.tile == tile) & (address.group == group) & (address.line == line)
                with m.If(rows.signal("write").any() & here):
                    m.d.sync += row.eq(command.row)
                shown = array["store"].signal(f"words__{line}")
                stored = array["store"].word(f"line_{line}", Const(group, index_width(max(2, layer.array_groups))))
                now = reading & controller.group(Const(group), place)
                # Inductive invariants.
                m.d.comb += [Assert(stored == row), Assert(implies(now, shown == row))]
        m.d.comb += Assert(implies(reading, controller.group(array.signal("shown"), place)))

    held = [sum(layer.group_of(n) == group for n in range(layer.inputs)) for group in range(layer.groups)]
    largest = [0]
    for read in range(layer.reads):
        group = read % layer.groups
        largest.append((2 if group == 0 else 1) * largest[-1] + held[group])
    begun, added_place = Signal(), Signal.like(place)
    with m.If(reading):
        m.d.sync += [begun.eq(1), added_place.eq(place)]
    follows = (added_place + 1 == place) | (place == 0)
    m.d.comb += [
        Assert(implies(reading, follows & (begun | (place == 0)))),
        Assert(added_place < layer.reads),
        Assert(implies(controller.place != 0, Mux(reading, place, added_place) + 1 == controller.place)),
        Assert(implies(controller.place != 0, reading | begun)),
        Assert(implies(reading, controller.place == Mux(place == layer.reads - 1, 0, place + 1))),
    ]
    for output in range(layer.outputs):
        col_tile, column = divmod(output, layer.cols)
        agreements: list[Value] = []
        for n in range(layer.inputs):
            row_tile, group, line = layer.tile_of(n), layer.group_of(n), layer.line_of(n)
            weight = weights[row_tile * layer.col_tiles + col_tile, group, line][column]
            now = controller.group(Const(group), place)
            agreements.append(agreement(weight, dut.i.bits[row_tile][line]) & now)
        total = Signal(layer.count_width + _SPARE, name=f"total_{output}")
        before = Mux(place == 0, 0, Mux(controller.begins_plane(place), total << 1, total))
        after = before + count_ones(m, agreements)
        with m.If(reading):
            m.d.sync += total.eq(after)
        # The sum of a vector when its last read is added, and the sum of the beat.
        whole, given = (Signal.like(total, name=f"{name}_{output}") for name in ("whole", "given"))
        with m.If(controller.finals[-1]):
            m.d.sync += whole.eq(after)
        with m.If(controller.moves):
            m.d.sync += given.eq(whole)
        kept = Cat(internals["accumulator"].signal(f"total__{plane}")[output] for plane in range(layer.count_width))
        m.d.comb += [
            Assert(implies(dut.o.valid, Cat(plane[output] for plane in dut.o.p.planes) == given)),
            # Inductive invariants.
            Assert(kept == total),
            Assert(implies(controller.finished, whole == total)),
            # Bounds that exclude overflow.
            Assert(implies(begun, total <= Array(largest[1:])[added_place])),
            Assert(implies(~begun, total == 0)),
            Cover(dut.o.valid & (given == layer.count_max)),
        ]
