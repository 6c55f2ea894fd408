"""Interrupt line of the core."""

from amaranth import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..contract import Register, register_map

__all__ = ["Interrupts"]


class Interrupts(wiring.Component):
    """Events that call the processor, and the line that does.

    Events are combinational; the line is registered: it is there in the cycle after its flag. The flags and their mask
    are registers, :class:`RegisterFile` has them.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    errors : :py:`In(…)`
        Conditions of the error flags in this cycle.
    done : :py:`In(1)`
        The last result of an input was taken.
    alarms : :py:`In(…)`
        Alarm of each unit that is watched. Only where the configuration has a self-test.
    events : :py:`Out(…)`
        Bits in the order of the fields of `INTERRUPTS`: an error; an input that is done; the beginning of an alarm,
        where there is a self-test.
    pending, enabled : :py:`In(…)`
        Flags of these events, and their mask.
    irq : :py:`Out(1)`
        The line, active high.
    """

    def __init__(self, config: CoreConfig):
        sizes = {entry.address: len(entry.fields) for entry in register_map(config)}
        events = sizes[Register.INTERRUPTS]
        members: dict[str, wiring.Member] = {
            "errors": In(sizes[Register.ERRORS]),
            "done": In(1),
            "events": Out(events),
            "pending": In(events),
            "enabled": In(events),
            "irq": Out(1),
        }
        self._watches = config.self_test is not None
        if self._watches:
            members["alarms"] = In(len(config.stochastic.watched))
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        events = [self.errors.any(), self.done]
        if self._watches:
            # An alarm lasts until the counters are cleared, which a core that runs refuses: only its beginning calls.
            known = Signal.like(self.alarms)
            m.d.sync += known.eq(self.alarms)
            events.append((self.alarms & ~known).any())
        m.d.comb += self.events.eq(Cat(events))
        m.d.sync += self.irq.eq((self.pending & self.enabled).any())
        return m
