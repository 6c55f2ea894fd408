import numpy as np
import pytest

from golden.data import random_config, random_program
from golden.model import IntegerModel
from hdl.config import InputError
from hdl.contract import Program


def test_configurations_are_varied():
    configs = [random_config(np.random.default_rng(seed)) for seed in range(300)]
    layers = [layer for config in configs for layer in config.layers]
    assert {config.bayes.method for config in configs} == {"none", "scale-dropout"}
    assert {config.network.input_bits for config in configs} == set(range(1, 9))
    assert {len(config.network.hidden) for config in configs} == {1, 2, 3}
    for values in (
        [config.network.inputs for config in configs],
        [size for config in configs for size in config.network.hidden],
        [config.network.classes for config in configs],
        [config.array.rows for config in configs],
        [config.array.cols for config in configs],
        [config.array.rows_per_read for config in configs],
    ):
        assert min(values) == 2
    assert any(layer.inputs % layer.rows for layer in layers)
    assert any(layer.outputs % layer.cols for layer in layers)
    assert max(layer.row_tiles for layer in layers) > 2
    assert max(layer.col_tiles for layer in layers) > 2


def test_convolutions_are_varied():
    configs = [random_config(np.random.default_rng(seed), convolutions=True) for seed in range(300)]
    networks = [config.network for config in configs]
    convolutions = [each for network in networks for each in network.convolutions]
    windows = [window for network in networks for window in network.windows]
    assert {len(network.convolutions) for network in networks} == {1, 2, 3, 4}
    assert {len(network.hidden) for network in networks} == {0, 1, 2}
    assert {each.kernel for each in convolutions} == {1, 3, 5}
    assert {each.stride for each in convolutions} == {1, 2}
    assert {each.pool for each in convolutions} == {1, 2}
    assert {each.channels for each in convolutions} == {2, 3, 4, 5}
    assert {each.border - each.kernel // 2 for each in convolutions} == {-2, -1, 0}
    assert {network.image[axis] for network in networks for axis in (0, 1)} == set(range(1, 8))
    assert {config.ports.pixels_per_beat for config in configs} >= {1, 2, 3}
    assert {index - each.skip for network in networks for index, each in enumerate(network.convolutions) if each.skip}
    assert any(each.skip is not None and each.pool == 2 for each in convolutions)
    assert any(window.positions == 1 < window.source.positions for window in windows)
    assert any(window.source.positions == 1 for window in windows)
    assert any(config.array.folding for config in configs)
    assert any(not config.array.folding for config in configs)


@pytest.mark.parametrize("seed", range(10))
def test_a_given_convolution_is_kept_and_the_rest_follows(seed):
    network = {"image": [4, 3, 2], "convolutions": [{"channels": 2}, {"channels": 2, "skip": 0}], "hidden": []}
    config = random_config(
        np.random.default_rng(seed), convolutions=True, network=network, bayes={"method": "scale-dropout"}
    )
    found = config.network.model_dump(mode="json", exclude_defaults=True)
    assert {name: found.get(name, []) for name in network} == network
    assert config.network.inputs == 24
    assert config.stochastic.mask_width == 2
    assert config.ports.pixels_per_beat in (1, 2)
    program = random_program(config, np.random.default_rng(seed))
    assert [weights.shape for weights in program.weights] == [(2, 18), (2, 18), (config.network.classes, 24)]


def test_the_same_generator_gives_the_same_program(tmp_path):
    programs = []
    for _ in range(2):
        rng = np.random.default_rng(3)
        programs.append(random_program(random_config(rng), rng))
    assert programs[0].to_bytes() == programs[1].to_bytes()
    path = tmp_path / "program.npz"
    path.write_bytes(programs[0].to_bytes())
    assert Program.load(path).to_bytes() == programs[1].to_bytes()


@pytest.mark.parametrize("seed", range(20))
def test_overrides_are_kept_and_the_rest_follows(seed):
    overrides = {
        "network": {"inputs": 2, "input_bits": 1, "hidden": [2, 2], "classes": 2},
        "array": {"rows": 12, "cols": 2},
        "bayes": {"method": "scale-dropout", "max_passes": 3},
        "random": {"lfsr_width": 8},
        "logits": {"width": 4},
    }
    config = random_config(np.random.default_rng(seed), **overrides)
    assert config.network.model_dump(mode="json", exclude_defaults=True) == {
        name: value for name, value in overrides["network"].items() if (name, value) != ("input_bits", 1)
    }
    assert config.array.rows == 12
    assert config.stochastic.mask_width == 2
    assert config.bayes.max_passes == 3
    assert config.random.lfsr_width == 8
    assert config.logits.width == 4


def test_unknown_section():
    with pytest.raises(InputError, match=r"^overrides must be among network, array, .*, not 'arrays'$"):
        random_config(np.random.default_rng(0), arrays={"rows": 2})


def test_bits_toggle_and_most_logits_do_not_saturate():
    toggled = saturated = neurons = logits = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        config = random_config(rng, network={"inputs": 20, "hidden": [12, 12], "classes": 4})
        program = random_program(config, rng)
        pixels = rng.integers(0, 2**config.network.input_bits, (64, 20))
        trace = IntegerModel(program).trace(pixels, rng.integers(0, 2, (64, config.stochastic.mask_width)))
        for activations in trace.activations:
            toggled += int((activations != activations[0]).any(dim=0).sum())
            neurons += activations.shape[1]
        ends = (trace.logits == config.logits.lowest) | (trace.logits == config.logits.highest)
        saturated += int(ends.sum())
        logits += ends.numel()
    assert toggled > 0.75 * neurons
    assert 0 < saturated < 0.4 * logits
