"""Twin of ``hdl.stochastic.self_test_bank``: findings of all units."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hdl.config import CoreConfig, InputError, SelfTestConfig
from hdl.contract import Program

from ..common import check_integers
from . import stochastic_unit
from .local_units import local_draws
from .self_test import SelfTestRecord, watch

__all__ = ["watch_units", "watched_draws"]


def watched_draws(program: Program, inputs: int, *, passes: int, first_pass: int = 0) -> list[Any]:
    """Return the draws of the watched units for ``inputs`` inputs, in the form for :func:`watch_units`.

    Arguments and errors are those of :func:`golden.draws.pass_draws`.
    """
    config, seed = program.config, program.seed
    found = []
    if config.stochastic.mask_width:
        drawn = stochastic_unit.draws(config, seed, inputs, passes=passes, first_pass=first_pass)
        found.append(drawn.reshape(-1, config.stochastic.mask_width))
    states = config.stochastic.seeds(seed)
    for layer in config.layers:
        if layer.local is not None and config.stochastic.drop_codes:
            first = config.stochastic.first(layer)
            own = states[first : first + layer.local.units]
            drawn = local_draws(config.random, layer.local, own, first_pass, inputs * passes)
            found.append(drawn.reshape(-1, layer.local.channels))
    return found


def watch_units(
    config: CoreConfig, codes: Any, draws: Sequence[Any], *, limits: SelfTestConfig | None = None, select: int = 0
) -> tuple[SelfTestRecord, ...]:
    """Return the findings of each unit's self-test from its draws, in the order of the units.

    A draw of a last step without a mask bit, or channel, is ignored.

    Parameters
    ----------
    config
        A configuration with a self-test.
    codes
        Drop codes, integers of shape (len(drop_codes),), each 0 to 2^k − 1.
    draws
        Draws since a reset: for the mask bits of each pass, shape (passes, L), if there are any, and then for
        the channels of each layer with local units, shape (drawings, channels). Each 0 to 2^k − 1.
    limits
        Limits, by default those of the configuration.
    select
        Draws that make the windows: 0 for all, l + 1 for those of mask bit l only.

    Raises
    ------
    InputError
        The configuration has no self-test, or an argument has the wrong shape or is out of range.
    """
    self_test = config.self_test if limits is None else limits
    if self_test is None:
        raise InputError("config must have a section self_test, not None")
    highest = 2**config.random.draw_bits - 1
    drop = check_integers("codes", codes, (len(config.stochastic.drop_codes),), 0, highest).cpu().numpy()
    sources = list(_sources(config))
    if len(draws) != len(sources):
        raise InputError(f"draws must be those of {len(sources)} sources, not of {len(draws)}")
    records = []
    for (units, places), drawn in zip(sources, draws, strict=True):
        values = check_integers("draws", drawn, (None, len(places)), 0, highest).cpu().numpy()
        for unit in range(units):
            own, index = values[:, unit::units], places[unit::units]
            each = np.tile(drop[index], len(own))
            records.append(
                watch(
                    self_test,
                    own.reshape(-1) < each,
                    each,
                    draw_bits=config.random.draw_bits,
                    index=np.tile(index, len(own)),
                    select=select,
                )
            )
    return tuple(records)


def _sources(config: CoreConfig) -> Iterator[tuple[int, Any]]:
    """Yield the number of units that draw in parallel, and the drop code of each of the bits that they draw."""
    if config.stochastic.mask_width:
        yield config.stochastic.shared, np.arange(config.stochastic.mask_width)
    for layer in config.layers:
        if layer.local is not None and config.stochastic.drop_codes:
            yield layer.local.units, np.full(layer.local.channels, layer.index)
