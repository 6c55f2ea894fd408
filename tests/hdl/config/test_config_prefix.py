"""Prefix order in a configuration: derived values, refusals."""

import pytest

from hdl.config import CoreConfig

from ..configurations import CONFIGURATIONS, CONVOLUTIONAL, PADDED, WEIGHTED, by_name, cases, each_weighted


def with_order(config, order="prefix", **sections):
    """Return what ``config`` consists of, with another order and other ``sections``."""
    content = config.model_dump(mode="json")
    content["bayes"] |= {"order": order}
    for section, fields in sections.items():
        content[section] |= fields
    return content


def refused(content):
    with pytest.raises(ValueError, match=r"must be|should be") as error:
        CoreConfig.model_validate(content)
    return error.value.errors()[0]["msg"].removeprefix("Value error, ")


@each_weighted
def test_widths_are_those_of_the_largest_weights(config):
    assert config.stochastic.masks == 2 ** len(config.network.hidden)
    assert config.exact_weight_total == 2 ** (config.random.draw_bits * len(config.network.hidden))
    assert config.pass_weight_total == max(config.exact_weight_total, config.bayes.max_passes)
    assert 2 ** (config.pass_weight_width - 1) <= config.pass_weight_total < 2**config.pass_weight_width


@pytest.mark.parametrize("config", cases(CONFIGURATIONS))
def test_passes_without_weights_count_once(config):
    assert not config.passes_weighted
    assert (config.pass_weight_total, config.pass_weight_width) == (config.bayes.max_passes, config.passes_width)


def test_the_order_is_in_the_hash():
    assert CoreConfig.model_validate(with_order(PADDED, "plain")).hash == PADDED.hash
    # A copy would keep the hash that may have been asked for before.
    renamed = CoreConfig.model_validate({**WEIGHTED[1].model_dump(), "name": PADDED.name})
    assert CoreConfig.model_validate(with_order(PADDED)).hash == renamed.hash
    assert WEIGHTED[1].hash != PADDED.hash


@pytest.mark.parametrize("config", cases([each for each in CONFIGURATIONS if not each.stochastic.mask_width]))
def test_no_masks(config):
    assert refused(with_order(config)) == (
        "bayes.order must be 'plain' for method 'none', whose masks do not choose among thresholds, not 'prefix'"
    )


@pytest.mark.parametrize("config", [each for each in CONVOLUTIONAL if each.stochastic.mask_width], ids=by_name)
def test_convolutions(config):
    assert refused(with_order(config)) == "bayes.order must be 'plain' with convolutions, not 'prefix'"


def test_too_many_mask_bits():
    content = with_order(PADDED, network={"hidden": [2] * 7}, bayes={"order": "prefix", "p": [0.5] * 7})
    assert refused(content) == "bayes.order must be 'plain' for more than 6 mask bits, not 'prefix' for 7"
    content = with_order(PADDED, network={"hidden": [2] * 6}, bayes={"order": "prefix", "p": [0.5] * 6})
    assert CoreConfig.model_validate(content).stochastic.masks == 64


def test_sums_that_are_too_wide():
    content = with_order(PADDED, random={"draw_bits": 19}, logits={"width": 14})
    assert refused(content) == "random.draw_bits must be small enough for sums of 63 bits, not 19"
    widest = CoreConfig.model_validate(with_order(PADDED, random={"draw_bits": 18}, logits={"width": 14}))
    assert widest.square_width == 63


def test_an_unknown_order():
    assert refused(with_order(PADDED, "other")).startswith("Input should be 'plain' or 'prefix'")
