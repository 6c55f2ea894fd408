"""Iterative programming of a row of cells."""

from amaranth import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, MacroConfig
from ...lanes import Popcount
from .level_comparator import LevelComparator

__all__ = ["ProgramVerify", "pulses_width"]


def pulses_width(macro: MacroConfig, cols: int) -> int:
    """Return the bits of the number of pulses for the cells of a row."""
    return (cols * macro.max_pulses).bit_length()


class ProgramVerify(wiring.Component):
    """Program-and-verify loop over one row of cells.

    Pulses all columns of a row, reads their levels, and pulses again those outside the tolerance. A cell that was read
    within the tolerance is done and gets no further pulse. The loop ends when all cells are done or
    pulses to a macro that is never busy.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core; it has macros.
    delay : :class:`int`
        Cycles beyond one that the macro takes to accept a pulse and to answer a verify read.

    Members
    -------
    start : :py:`In(1)`
        Begin; not before ``done``.
    target : :py:`In(cols).array(weight_bits)`
        Planes of the levels, lowest first. Stable until ``done``.
    busy : :py:`In(1)`
        The macro has not finished the last pulse, from ``1 + delay`` cycles after it on.
    pulse, columns : :py:`Out(1)`, :py:`Out(cols)`
        Pulse the cells of these columns, which are those not done.
    verify : :py:`Out(1)`
        Read the levels of the row.
    sensed : :py:`In(cols).array(weight_bits)`
        Planes of the levels that were read, ``1 + delay`` cycles after ``verify``.
    done : :py:`Out(1)`
        The loop has ended.
    pulses, failed : :py:`Out(…)`
        Pulses that cells got, a pulse of n columns counting as n, and cells that have failed: from ``done`` to the
        next ``start``.
    """

    def __init__(self, config: CoreConfig, *, delay: int = 0):
        if config.macro is None:
            raise ValueError("ProgramVerify config must have a section macro, not none")
        self._macro = config.macro
        self._cols, self._bits = config.array.cols, config.layers[0].weight_bits
        self._delay = delay
        super().__init__(
            {
                "start": In(1),
                "target": In(self._cols).array(self._bits),
                "busy": In(1),
                "pulse": Out(1),
                "columns": Out(self._cols),
                "verify": Out(1),
                "sensed": In(self._cols).array(self._bits),
                "done": Out(1),
                "pulses": Out(pulses_width(self._macro, self._cols)),
                "failed": Out(range(self._cols + 1)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.comparator = comparator = LevelComparator(self._bits, self._cols, self._macro.tolerance)
        m.submodules.popcount = popcount = Popcount(self._cols, 1)
        ones = Signal.like(self.failed)
        m.d.comb += [
            *(a.eq(plane) for a, plane in zip(comparator.a, self.sensed, strict=True)),
            *(b.eq(plane) for b, plane in zip(comparator.b, self.target, strict=True)),
            popcount.bits.eq(-1),
            *(word.eq(bit) for word, bit in zip(popcount.words, self.columns, strict=True)),
            ones.eq(Cat(popcount.count)),
            self.failed.eq(ones),
        ]

        # No output of the core depends on an input within a cycle.
        still = Signal()
        m.d.sync += still.eq(self.busy)
        given = Signal(range(self._macro.max_pulses + 1))
        with m.FSM():
            with m.State("IDLE"), m.If(self.start):
                m.d.sync += [self.columns.eq(-1), self.pulses.eq(0), given.eq(0)]
                m.next = "PULSE"
            with m.State("PULSE"):
                m.d.comb += self.pulse.eq(1)
                m.d.sync += [self.pulses.eq(self.pulses + ones), given.eq(given + 1)]
                m.next = "PULSED_0"
            # Until the macro has accepted the pulse and answered whether it is busy.
            for cycle in range(1 + self._delay):
                with m.State(f"PULSED_{cycle}"):
                    m.next = "VERIFY" if cycle == self._delay else f"PULSED_{cycle + 1}"
            with m.State("VERIFY"), m.If(~still):
                m.d.comb += self.verify.eq(1)
                m.next = "SENSE_0"
            for cycle in range(1 + self._delay):
                with m.State(f"SENSE_{cycle}"):
                    if cycle < self._delay:
                        m.next = f"SENSE_{cycle + 1}"
                    else:
                        m.d.sync += self.columns.eq(self.columns & comparator.outside)
                        m.next = "JUDGE"
            with m.State("JUDGE"):
                with m.If(~self.columns.any() | (given == self._macro.max_pulses)):
                    m.d.comb += self.done.eq(1)
                    m.next = "IDLE"
                with m.Else():
                    m.next = "PULSE"

        return m
