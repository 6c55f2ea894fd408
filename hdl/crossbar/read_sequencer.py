"""Order of the reads of a crossbar."""

from amaranth import Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import Layer
from ..streams import index_width

__all__ = ["ReadSequencer"]

#: Beats of counts that there is a place for.
_PLACES = 2

#: Lookahead, in reads, for the last group and the last plane.
_AHEAD = 2


class ReadSequencer(wiring.Component):
    """Sequencer of the reads of each vector.

    All groups of a bit plane, the highest plane first, and all planes for a group of columns, whose counts are a beat.
    One read a cycle while a vector is there. A beat begins while the counts of fewer than two wait to be taken, and a
    vector while no row command holds the arrays. ``issue`` is combinational; the position in the vector is registered.

    Parameters
    ----------
    layer : :class:`Layer`
        The layer.

    Members
    -------
    valid : :py:`In(1)`
        A vector is there. It stays until its last read.
    hold : :py:`In(1)`
        Begin no vector.
    taken : :py:`In(1)`
        The counts of a beat are taken.
    issue : :py:`Out(1)`
        Read ``group`` and ``plane``.
    group, plane : :py:`Out(…)`
        The next read.
    done : :py:`Out(1)`
        It is the last of its beat.
    between : :py:`Out(1)`
        It is the first of its beat, and where there is one of a vector, so that a row command may have its turn before
        it.
    first_group : :py:`Out(1)`
        It is the first of its plane.
    column : :py:`Out(index_width(column_groups))`
        Group of columns of the next read. This and the next two only where there are several.
    begins, ends : :py:`Out(1)`
        It is the first, or the last, of its vector.
    """

    def __init__(self, layer: Layer):
        self._layer = layer
        columns = {"column": Out(index_width(layer.column_groups)), "begins": Out(1, init=1), "ends": Out(1)}
        super().__init__(
            {
                "valid": In(1),
                "hold": In(1),
                "taken": In(1),
                "issue": Out(1),
                "group": Out(index_width(layer.groups)),
                "plane": Out(index_width(layer.input_bits), init=layer.input_bits - 1),
                "done": Out(1),
                "between": Out(1, init=1),
                "first_group": Out(1, init=1),
                **(columns if layer.column_groups > 1 else {}),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        groups, planes, group, plane = self._layer.groups, self._layer.input_bits, self.group, self.plane

        outstanding = Signal(range(_PLACES + 1))
        full = Signal()
        # High fan-out: registered.
        last_group = Signal(init=groups == 1)
        last_plane = Signal(init=planes == 1)
        m.d.comb += [
            full.eq(outstanding == _PLACES),
            self.issue.eq(self.valid & ~self._waits(full)),
            self.done.eq(last_group & last_plane),
        ]
        with m.If(self.issue):
            m.d.sync += [
                group.eq(Mux(last_group, 0, group + 1)),
                self.first_group.eq(last_group),
                last_group.eq((groups == 1) | (~last_group & (group == groups - _AHEAD))),
                self.between.eq(self.done),
            ]
            with m.If(last_group):
                m.d.sync += [
                    plane.eq(Mux(last_plane, planes - 1, plane - 1)),
                    last_plane.eq((planes == 1) | (~last_plane & (plane == 1))),
                ]
        m.d.sync += outstanding.eq(outstanding + (self.issue & self.between) - self.taken)
        if self._layer.column_groups > 1:
            self._columns(m)
        return m

    def _waits(self, full: Value) -> Value:
        """Return whether nothing may be read now."""
        if self._layer.column_groups > 1:
            return (self.begins & self.hold) | (self.between & full)
        return self.between & (self.hold | full)

    def _columns(self, m: Module) -> None:
        """Visit one group of columns after the other."""
        groups = self._layer.column_groups
        last = Signal()
        m.d.comb += self.ends.eq(self.done & last)
        with m.If(self.issue):
            m.d.sync += self.begins.eq(self.ends)
        with m.If(self.issue & self.done):
            m.d.sync += [self.column.eq(Mux(last, 0, self.column + 1)), last.eq(self.column == groups - _AHEAD)]
