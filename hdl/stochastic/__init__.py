"""Random bits: registers, stochastic units and their self-test."""

from .draw_watch import DrawWatch
from .lfsr import Lfsr
from .local_units import LocalStochasticUnits, Reseed
from .self_test import SelfTest, SelfTestPort
from .self_test_bank import SelfTestBank, SelfTestBankPort
from .stochastic_unit import StochasticUnit
from .watched_draw import WatchedDraw

__all__ = [
    "DrawWatch",
    "Lfsr",
    "LocalStochasticUnits",
    "Reseed",
    "SelfTest",
    "SelfTestBank",
    "SelfTestBankPort",
    "SelfTestPort",
    "StochasticUnit",
    "WatchedDraw",
]
