"""Findings of each unit compared with plain loops.

Over the rules of docs/numerics.md#appendix-self-test.
"""

import numpy as np
import pytest

from cocotb_tests.blocks.configurations import program
from golden.draws import pass_draws, stochastic_unit, watch, watch_units, watched_draws
from hdl.config import InputError, SelfTestConfig

#: Shared units, some of which have a bit more than others, and units of layers.
NAMES = ("monitored", "watched", "entropies", "watched_channels")

_SEED = 3


def looped(config, codes, draws):
    """For each unit the drops, codes and places of its draws, one after the other."""
    k = len(config.stochastic.watched)
    found = [[] for _ in range(k)]
    if config.stochastic.mask_width:
        for mask in draws[0].tolist():
            for bit, draw in enumerate(mask):
                found[bit % k].append((int(draw < codes[bit]), codes[bit], bit))
        return found
    for layer, drawn in zip(config.hidden_layers, draws, strict=True):
        for drawing in drawn.tolist():
            for channel, draw in enumerate(drawing):
                unit = config.stochastic.first(layer) + channel % layer.local.units
                found[unit].append((int(draw < codes[layer.index]), codes[layer.index], layer.index))
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("select", [0, 1, 3])
def test_units_have_their_own_draws(name, select):
    contents = program(name, _SEED)
    config = contents.config
    limits = SelfTestConfig(window_bits=3, bound=2, drop_run=5, keep_run=6)
    draws = watched_draws(contents, 4, passes=6, first_pass=5)
    records = watch_units(config, contents.codes, draws, limits=limits, select=select)
    assert len(records) == len(config.stochastic.watched)
    for record, own in zip(records, looped(config, contents.codes.tolist(), draws), strict=True):
        dropped, codes, index = np.array(own).T
        bits = config.random.draw_bits
        expected = watch(limits, dropped, codes, draw_bits=bits, index=index, select=select)
        for field in ("drops", "deviations", "complete", "runs", "stuck", "out_of_bounds"):
            np.testing.assert_array_equal(getattr(record, field), getattr(expected, field))
    assert sum(record.draws for record in records) == sum(each.numel() for each in draws)


@pytest.mark.parametrize("name", NAMES)
def test_draws_are_those_of_the_passes(name):
    """The watched drops are those of the masks and channels."""
    contents = program(name, _SEED)
    config = contents.config
    drawn = watched_draws(contents, 2, passes=3, first_pass=7)
    meant = pass_draws(contents, 2, passes=3, first_pass=7)
    if config.stochastic.mask_width:
        masks = stochastic_unit.masks(config, contents.codes, contents.seed, 2, passes=3, first_pass=7)
        assert ((drawn[0].numpy() >= contents.codes) == masks.reshape(-1, config.stochastic.mask_width).numpy()).all()
        return
    for layer, draws in zip(config.hidden_layers, drawn, strict=True):
        kept = draws.numpy() >= contents.codes[layer.index]
        assert (kept == meant[layer.index].reshape(kept.shape).numpy()).all()


def test_beats_have_a_draw_for_each_unit():
    """Of five bits in two beats of three draws, the sixth is 0."""
    config = program("entropies", _SEED).config
    draws = np.arange(1, 11).reshape(1, 2, 5)
    k = config.random.draw_bits
    expected = [1 | 2 << k | 3 << 2 * k, 4 | 5 << k, 6 | 7 << k | 8 << 2 * k, 9 | 10 << k]
    assert stochastic_unit.beats(config, draws) == expected
    assert stochastic_unit.beats(config, draws[:0]) == []
    with pytest.raises(InputError, match=r"^draws must have shape"):
        stochastic_unit.beats(config, draws[..., :4])


def test_what_cannot_be_watched_is_refused():
    contents = program("units", _SEED)
    with pytest.raises(InputError, match=r"^config must have a section self_test, not None$"):
        watch_units(contents.config, contents.codes, watched_draws(contents, 1, passes=1))
    contents = program("watched_channels", _SEED)
    with pytest.raises(InputError, match=r"^draws must be those of 2 sources, not of 1$"):
        watch_units(contents.config, contents.codes, watched_draws(contents, 1, passes=1)[:1])
