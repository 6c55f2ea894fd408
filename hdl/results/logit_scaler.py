"""Gain, offset, shift and saturation of a logit."""

from amaranth import Module, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig

__all__ = ["Correction", "LogitScaler"]


class Correction(data.StructLayout):
    """Constants of one class.

    Members
    -------
    gain, offset : :py:`signed(…)`
        Factor and summand.
    shift : :py:`unsigned(shift_width)`
        Bits shifted out, 0 to max_shift.
    """

    def __init__(self, config: CoreConfig):
        super().__init__(
            {
                "gain": signed(config.logits.gain_width),
                "offset": signed(config.logits.offset_width),
                "shift": config.logits.shift_width,
            }
        )


class LogitScaler(wiring.Component):
    """Fixed-point scaling of pre-activations into logits.

    y = saturate((gain · z + offset + half) >> shift), rounded half up. Four stages: multiply, add, shift, saturate.
    Takes a pre-activation a step; its logit is there four steps later.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    step : :py:`In(1)`
        All stages move on.
    z : :py:`In(signed(z_width))`
        Pre-activation.
    constants : :py:`In(Correction(config))`
        The constants for it.
    o : :py:`Out(signed(logits.width))`
        Logit.
    """

    def __init__(self, config: CoreConfig):
        self._logits = config.logits
        super().__init__(
            {
                "step": In(1),
                "z": In(signed(config.layers[-1].z_width)),
                "constants": In(Correction(config)),
                "o": Out(signed(config.logits.width)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        logits, constants = self._logits, self.constants

        # The rounding constant is added to the offset.
        half = Signal(logits.max_shift)
        with m.Switch(constants.shift):
            for amount in range(1, logits.max_shift + 1):
                with m.Case(amount):
                    m.d.comb += half.eq(1 << (amount - 1))

        # No wider than needed: Yosys' packing of DSP48E1 loses the copies of a sign in a wider register.
        scaled, rounded = constants.gain * self.z, constants.offset + half
        product = Signal(scaled.shape())
        offset = Signal(rounded.shape())
        total = Signal((product + offset).shape())
        shifted = Signal(total.shape())
        shifts = [Signal(logits.shift_width, name=f"shift_{stage}") for stage in ("multiplied", "added")]
        with m.If(self.step):
            m.d.sync += [
                product.eq(scaled),
                offset.eq(rounded),
                shifts[0].eq(constants.shift),
                total.eq(product + offset),
                shifts[1].eq(shifts[0]),
                shifted.eq(total >> shifts[1]),
                self.o.eq(shifted),
            ]
            with m.If(shifted > logits.highest):
                m.d.sync += self.o.eq(logits.highest)
            with m.Elif(shifted < logits.lowest):
                m.d.sync += self.o.eq(logits.lowest)

        return m
