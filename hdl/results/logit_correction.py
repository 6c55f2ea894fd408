"""Gain, offset and shift of each class."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..contract import Program
from ..streams import Logit, Preactivation, index_width
from .logit_scaler import Correction, LogitScaler

__all__ = ["LogitCorrection"]

#: Cycles from a pre-activation to its logit.
_STAGES = 5


class LogitCorrection(wiring.Component):
    """Logit correction with the constants of each class.

    y = saturate((gain · z + offset + half) >> shift).

    ``half`` is 2^(shift − 1), or 0 where nothing is shifted: rounding is half up. One logit a cycle;
    it appears five cycles after its pre-activation was taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    program : :class:`Program`, optional
        Initial constants; by default gain 1, offset 0, shift 0.

    Members
    -------
    i : :py:`In(stream.Signature(Preactivation(config)))`
        Pre-activations.
    o : :py:`Out(stream.Signature(Logit(config)))`
        Logits in the same order.
    write : :py:`In(1)`
        Set the constants of class ``index``. Only while nothing is in the pipeline.
    read : :py:`In(1)`
        Read the constants of class ``index``; ``stored`` holds them in the next cycle. Only while
        nothing is in the pipeline.
    index : :py:`In(index_width(classes))`
        A class.
    constants : :py:`In(Correction(config))`
        Constants to write.
    stored : :py:`Out(Correction(config))`
        Constants that were read.
    """

    def __init__(self, config: CoreConfig, program: Program | None = None):
        self._config = config
        self._program = program
        super().__init__(
            {
                "i": In(stream.Signature(Preactivation(config))),
                "o": Out(stream.Signature(Logit(config))),
                "write": In(1),
                "read": In(1),
                "index": In(index_width(config.network.classes)),
                "constants": In(Correction(config)),
                "stored": Out(Correction(config)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.constants = constants = memory.Memory(
            shape=Correction(self._config), depth=self._config.network.classes, init=self._init()
        )
        reader, writer = constants.read_port(), constants.write_port()

        # Five stages that stall together while a logit is not taken.
        step = Signal()
        m.d.comb += [step.eq(~self.o.valid | self.o.ready), self.i.ready.eq(step & ~self.read)]
        beats = [Signal(Preactivation(self._config), name=f"beat_{stage}") for stage in range(_STAGES - 1)]
        valid = Signal(len(beats))
        with m.If(step):
            m.d.sync += valid.eq(Cat(self.i.valid & self.i.ready, valid))
            m.d.sync += [to.eq(source) for source, to in zip([self.i.p, *beats], beats, strict=False)]

        # First the constants of the class are fetched.
        m.d.comb += [
            reader.en.eq(step | self.read),
            reader.addr.eq(Mux(self.read, self.index, self.i.p.index)),
            self.stored.eq(reader.data),
            writer.en.eq(self.write),
            writer.addr.eq(self.index),
            writer.data.eq(self.constants),
        ]

        m.submodules.scaler = scaler = LogitScaler(self._config)
        m.d.comb += [
            scaler.step.eq(step),
            scaler.z.eq(beats[0].z),
            scaler.constants.eq(reader.data),
            self.o.p.value.eq(scaler.o),
        ]
        with m.If(step):
            m.d.sync += [
                self.o.valid.eq(valid[-1]),
                self.o.p.index.eq(beats[-1].index),
                self.o.p.last.eq(beats[-1].last),
            ]
            if self._config.passes_weighted:
                m.d.sync += self.o.p.weight.eq(beats[-1].weight)

        return m

    def _init(self) -> list[dict[str, int]]:
        program = self._program
        if program is None:
            return [{"gain": 1, "offset": 0, "shift": 0}] * self._config.network.classes
        columns = (program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist())
        return [{"gain": gain, "offset": offset, "shift": shift} for gain, offset, shift in zip(*columns, strict=True)]
