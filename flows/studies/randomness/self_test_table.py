"""Table of the limits of the self-test.

The limits, and their rates of detection and false alarms.
"""

from collections.abc import Mapping

from rich.table import Table

from golden.randomness import FALSE_ALARM, core_limits, run_rate, window_rate
from hdl.config import CoreConfig

from ...base import markdown
from ...base.console import table

__all__ = ["render_limits", "self_test_table"]

#: Errors of each p that must be detected.
_SHIFTS = (0.1, -0.1)

_COLUMNS = (
    "configuration",
    "p",
    "window_bits",
    "bound",
    "drop_run",
    "keep_run",
    "out of bounds, per window",
    "stuck, per window",
    "p + 0.1 missed by a window",
    "p − 0.1",
)


def self_test_table(limits: Mapping[str, int], *, units: int) -> Table:
    """Return the section `self_test` that suits a configuration of so many watched stochastic units."""
    rows = [[name, str(value)] for name, value in limits.items()]
    together = f", of all {units} stochastic units together" if units > 1 else ""
    return table(f"Section self_test for {FALSE_ALARM:g} false alarms per window{together}", ["field", "value"], rows)


def render_limits() -> str:
    """Return the limits of all named configurations as a section of a document."""
    configs = [CoreConfig.load(name) for name in CoreConfig.names()]
    return markdown.table(_COLUMNS, [_row(config) for config in configs if config.stochastic.mask_width], padded=True)


def _row(config: CoreConfig) -> list[str]:
    p = config.stochastic.realised_p
    found = core_limits(config)
    runs = run_rate(p, found.window, found.drop_run) + run_rate([1 - each for each in p], found.window, found.keep_run)
    rates = (window_rate(p, found.window, found.bound), runs)
    missed = [max(0.0, 1 - window_rate(p, found.window, found.bound, shift=shift)) for shift in _SHIFTS]
    return [
        f"`{config.name}`",
        ", ".join(f"{each:.4f}" for each in sorted(set(p))),
        *(str(value) for value in (found.window_bits, found.bound, found.drop_run, found.keep_run)),
        *(f"{rate:.1e}" for rate in (*rates, *missed)),
    ]
