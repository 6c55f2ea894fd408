"""Commands of the register port."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..contract import WORD_WIDTH, Command
from ..streams import index_width

__all__ = ["Commands"]


class Commands(wiring.Component):
    """Decoder of the commands of the register port.

    ``asks_row``, ``asks_correction`` and ``clear`` are combinational, for the register port. Outputs to other blocks
    are registered, a cycle later.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    give : :py:`In(1)`
        Carry out the command ``code`` in this cycle.
    code : :py:`In(32)`
        A value of the register of commands.
    unit, seed : :py:`In(…)`
        Stochastic unit, and its seed, of a command to reseed.
    senseless : :py:`Out(1)`
        ``code`` would load a seed of 0, from which no unit can start.
    load : :py:`Out(max(units, 1))`
        Bit ``u`` lets stochastic unit ``u`` start again from the seed.
    asks_row, asks_correction : :py:`Out(1)`
        It is carried out at a row, or by the logit correction, which answers.
    program, calibrate : :py:`Out(1)`
        Which row command it is. ``calibrate`` only where the core has macros.
    correction_write, correction_read : :py:`Out(1)`
        As in :class:`~hdl.results.LogitCorrection`.
    clear, self_test_clear : :py:`Out(1)`
        Counters begin at 0 again, and the self-test anew. The latter only where the configuration has one.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        outputs = [
            "senseless",
            "asks_row",
            "asks_correction",
            "program",
            "correction_write",
            "correction_read",
            "clear",
        ]
        outputs += ["calibrate"] if config.macro is not None else []
        outputs += ["self_test_clear"] if config.self_test is not None else []
        units = max(config.stochastic.units, 1)
        super().__init__(
            {
                "give": In(1),
                "code": In(WORD_WIDTH),
                "unit": In(index_width(units)),
                "seed": In(config.random.lfsr_width),
                "load": Out(units),
                **dict.fromkeys(outputs, Out(1)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        code, macro, self_test = self.code, self._config.macro, self._config.self_test
        # High fan-out: registered.
        loads = Signal()
        m.d.sync += [loads.eq(0), self.correction_write.eq(0), self.correction_read.eq(0)]
        if self_test is not None:
            m.d.sync += self.self_test_clear.eq(0)
        with m.If(self.give), m.Switch(code):
            with m.Case(Command.RESEED):
                m.d.sync += loads.eq(1)
            with m.Case(Command.PROGRAM, Command.READ, Command.VERIFY, *([Command.CALIBRATE] if macro else [])):
                m.d.comb += self.asks_row.eq(1)
            with m.Case(Command.STORE_CORRECTION):
                m.d.sync += self.correction_write.eq(1)
            with m.Case(Command.FETCH_CORRECTION):
                m.d.comb += self.asks_correction.eq(1)
                m.d.sync += self.correction_read.eq(1)
            with m.Case(Command.CLEAR_COUNTERS):
                m.d.comb += self.clear.eq(1)
                if self_test is not None:
                    m.d.sync += self.self_test_clear.eq(1)
        m.d.comb += [
            self.senseless.eq((code == Command.RESEED) & ~self.seed.any()),
            *(load.eq(loads & (self.unit == unit)) for unit, load in enumerate(self.load)),
        ]
        m.d.sync += self.program.eq(code == Command.PROGRAM)
        if macro is not None:
            m.d.sync += self.calibrate.eq(code == Command.CALIBRATE)
        return m
