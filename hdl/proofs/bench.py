"""Bench of a block under proof."""

from collections.abc import Callable
from typing import Any

from amaranth import Module, Value
from amaranth.back import rtlil
from amaranth.hdl import Elaboratable, Fragment
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from .internals import Internals

__all__ = ["Bench"]


class Bench(Elaboratable):
    """Block with free inputs, assumptions and claims.

    The reset is an input like the others: it may come in any cycle, and it also resets the state of the claims in the
    domain ``sync``.

    Parameters
    ----------
    dut : :class:`wiring.Component`
        The block under proof.
    claim : callable
        ``claim(m, dut, internals)`` adds assumptions, assertions and covers to the module ``m``.
    """

    def __init__(self, dut: wiring.Component, claim: Callable[[Module, Any, Internals], None]):
        self._dut = dut
        self._claim = claim

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # Elaborated here and not by the module, so that claims can refer to internals.
        m.submodules.dut = fragment = Fragment.get(self._dut, platform)
        self._claim(m, self._dut, Internals(fragment))
        return m

    def to_rtlil(self) -> str:
        """Return the bench as RTLIL, its top module being ``top``.

        Raises
        ------
        ValueError
            It has no claim, or no cover that would show that the claims are not vacuous.
        """
        ports = [
            Value.cast(member)
            for _, description, member in self._dut.signature.flatten(self._dut)
            if description.flow is In
        ]
        text = rtlil.convert(self, ports=[port for port in ports if len(port)])
        for flavor in ("assert", "cover"):
            if f'parameter \\FLAVOR "{flavor}"' not in text:
                raise ValueError(f"a bench of {type(self._dut).__name__} must have one {flavor} or more, not none")
        return text
